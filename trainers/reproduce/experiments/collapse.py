"""Where the code of a Gaussian model collapses."""

from trainers.reproduce.experiments.experiment import (
    NATS,
    NO_BOUND,
    Experiment,
    figure_of,
)
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.model_runs import language_model

FIGURES = {"KL": "kl", "NLL": "nll", "code gain": "code_gain", "PPL": "ppl"}


class Collapse(Experiment):
    """Gaussian models with and without annealing of the KL, deep and shallow."""

    name = "collapse"
    title = "Collapse of Inputless models: layers, annealing of the KL, and vMF"

    def runs(self, scale):
        return [run for _, run, _ in self._models(scale)]

    def report(self, scale, found):
        rows = [
            [
                model,
                *(figure_of(found, run, "validation", x) for x in FIGURES.values()),
                paper,
            ]
            for model, run, paper in self._models(scale)
        ]
        columns = {
            "model": "",
            **dict.fromkeys(FIGURES, ".2f"),
            "paper: KL / NLL": "",
        }
        notes = ["All figures are those of the validation set.", NATS, NO_BOUND]
        return Report([Table(columns, rows)], notes=notes)

    def _models(self, scale):
        """Yields the description, the run and the paper's figures of each model."""

        def gaussian(layers, annealed):
            return language_model(
                scale, "gaussian", "inputless", layers=layers, annealed=annealed
            )

        deep = f"Gaussian, {scale.layers} layers"
        yield f"{deep}, constant KL", gaussian(scale.layers, False), "0.00 / 135"
        yield f"{deep}, annealed KL", gaussian(scale.layers, True), "1.05 / 132"
        one = "Gaussian, 1 layer"
        yield f"{one}, constant KL", gaussian(1, False), "3.37 / 129"
        yield f"{one}, annealed KL", gaussian(1, True), "6.52 / 125"
        vmf = language_model(scale, "vmf", "inputless")
        yield "vMF, 1 layer", vmf, "18.6 / 117"
