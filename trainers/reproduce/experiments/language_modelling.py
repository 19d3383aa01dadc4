"""Language models of the Penn Treebank, Standard and Inputless."""

from typing import ClassVar

from trainers.reproduce.experiments.experiment import (
    CODES,
    NATS,
    NO_BOUND,
    Experiment,
    decoder_name,
    figure_of,
    weighted_figure,
    weighted_note,
)
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.stacked_bars import StackedBars
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.model_runs import evaluation, language_model

MODELS = {"none": "LSTM", **CODES}
COLUMNS = {
    "decoder": "",
    "model": "",
    "NLL": ".2f",
    "KL": ".2f",
    "code gain": ".2f",
    "PPL": ".2f",
    "PPL, importance-weighted": ".2f",
    "paper: NLL (KL)": "",
    "paper: PPL": "d",
}


class LanguageModelling(Experiment):
    """Test bounds of language models without a code, with a Gaussian and a vMF code."""

    name = "language_modelling"
    title = "Language models of PTB: LSTM, Gaussian and vMF, Standard and Inputless"
    condition = "none"
    paper: ClassVar = {
        ("standard", "none"): ("100 (-)", 114),
        ("standard", "gaussian"): ("99 (4.4)", 109),
        ("standard", "vmf"): ("96 (5.7)", 98),
        ("inputless", "none"): ("134 (-)", 596),
        ("inputless", "gaussian"): ("125 (6.3)", 379),
        ("inputless", "vmf"): ("117 (18.6)", 262),
    }

    def runs(self, scale):
        return [
            run
            for setting, latent in self.paper
            for model in self._candidates(scale, setting, latent)
            for run in (
                [model] if latent == "none" else [model, evaluation(scale, model)]
            )
        ]

    def report(self, scale, found):
        rows, bars, parts = [], [], {"reconstruction": [], "KL": []}
        for (setting, latent), (nll, ppl) in self.paper.items():
            run = _best(self._candidates(scale, setting, latent), found)
            test = {
                name: figure_of(found, run, "test", name)
                for name in ("nll", "reconstruction", "kl", "code_gain", "ppl")
            }
            decoder = decoder_name(setting, self.condition)
            model = MODELS[latent]
            if latent == "none":
                code = [None, None, test["ppl"], None]
            else:
                weighted = weighted_figure(found, evaluation(scale, run), "ppl_iw")
                code = [test["kl"], test["code_gain"], test["ppl"], weighted]
            rows.append([decoder, model, test["nll"], *code, nll, ppl])
            bars.append(f"{decoder}\n{model}")
            parts["reconstruction"].append(test["reconstruction"])
            parts["KL"].append(test["kl"])
        return Report(
            [Table(COLUMNS, rows), *self._more_tables(scale, found)],
            [StackedBars("nats per test sentence", bars, parts)],
            [*self._notes(scale), NO_BOUND, weighted_note(scale)],
        )

    def _candidates(self, scale, setting, latent):
        """Returns the runs that the validation set chooses a row's model from."""
        return [language_model(scale, latent, setting, self.condition)]

    def _more_tables(self, scale, found):
        return []

    def _notes(self, scale):
        return [NATS]


def _best(runs, found):
    """Returns the run with the best validation bound, the first if none is finished."""
    done = [run for run in runs if run.name in found]
    if not done:
        return runs[0]
    return min(done, key=lambda run: figure_of(found, run, "validation", "nll"))
