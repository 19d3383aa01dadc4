"""Language models of the Penn Treebank, Standard and Inputless."""

from typing import ClassVar

from trainers.reproduce.experiments.experiment import (
    NATS,
    NO_BOUND,
    Experiment,
    decoder_name,
    figure_of,
    weighted_figure,
)
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.stacked_bars import StackedBars
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.model_runs import evaluation, language_model

MODELS = {"none": "LSTM", "gaussian": "Gaussian", "vmf": "vMF"}
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
        runs = []
        for setting, latent in self.paper:
            run = language_model(scale, latent, setting, self.condition)
            runs += [run] if latent == "none" else [run, evaluation(scale, run)]
        return runs

    def report(self, scale, found):
        rows, bars, parts = [], [], {"reconstruction": [], "KL": []}
        for (setting, latent), (nll, ppl) in self.paper.items():
            run = language_model(scale, latent, setting, self.condition)
            test = {
                name: figure_of(found, run, "test", name)
                for name in ("nll", "reconstruction", "kl", "code_gain", "ppl")
            }
            decoder, model = decoder_name(setting, self.condition), MODELS[latent]
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
            [Table(COLUMNS, rows)],
            [StackedBars("nats per test sentence", bars, parts)],
            [
                NATS,
                NO_BOUND,
                f"Importance-weighted: {scale.evaluations['samples']} samples per "
                "sentence.",
            ],
        )
