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
KL_WEIGHTS = {False: "constant", True: "annealed"}
# KL / NLL, by whether the decoder has several layers and the KL's weight is annealed.
PAPER = {
    (True, False): "0.00 / 135",
    (True, True): "1.05 / 132",
    (False, False): "3.37 / 129",
    (False, True): "6.52 / 125",
}


class Collapse(Experiment):
    """Gaussian models with and without annealing of the KL, deep and shallow."""

    name = "collapse"
    title = "Collapse of Inputless models: depth, annealing of the KL, and vMF"

    def runs(self, scale):
        return [run for _, run, _ in self._models(scale)]

    def report(self, scale, found):
        rows = [
            [
                *model,
                *(figure_of(found, run, "validation", x) for x in FIGURES.values()),
                paper,
            ]
            for model, run, paper in self._models(scale)
        ]
        columns = {
            "model": "",
            "encoder layers": "d",
            "decoder layers": "d",
            "weight of the KL": "",
            **dict.fromkeys(FIGURES, ".2f"),
            "paper: KL / NLL": "",
        }
        notes = [
            "All figures are those of the validation set.",
            "The paper's deep model has three layers. Its published code deepens the "
            "decoder alone.",
            NATS,
            NO_BOUND,
        ]
        return Report([Table(columns, rows)], notes=notes)

    def _models(self, scale):
        """Yields the first cells, the run and the paper's figures of each model."""
        for layers in scale.depths:
            for annealed, weight in KL_WEIGHTS.items():
                run = language_model(
                    scale, "gaussian", "inputless", layers=layers, annealed=annealed
                )
                of_the_paper = PAPER[layers[1] > 1, annealed] if layers[0] == 1 else ""
                yield ["Gaussian", *layers, weight], run, of_the_paper
        vmf = language_model(scale, "vmf", "inputless")
        yield ["vMF", 1, 1, "constant"], vmf, "18.6 / 117"
