"""vMF models whose encoder learns kappa for each sentence."""

import numpy as np

from trainers.reproduce.experiments.experiment import (
    Experiment,
    decoder_name,
    figure_of,
)
from trainers.reproduce.library.kl_and_cosine import kl_and_cosine
from trainers.reproduce.reports.curves import Curves
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.model_runs import language_model

MODELS = {"vmf": "fixed kappa", "vmf_learned": "learned kappa"}
COLUMNS = {
    "decoder": "",
    "model": "",
    "kappa at the start": "g",
    "kappa in the last epoch": ".1f",
    "KL": ".2f",
    "code gain": ".2f",
    "test PPL": ".2f",
}
# A learned kappa stays between 1 and 1,000.
GRID = [float(kappa) for kappa in range(1, 1001)]


class LearnedKappa(Experiment):
    """KL and kappa, epoch by epoch, if the encoder learns kappa."""

    name = "learned_kappa"
    title = "vMF models that learn kappa for each sentence: KL and kappa by epoch"

    def runs(self, scale):
        return [
            language_model(scale, latent, *decoder)
            for decoder in self._decoders(scale)
            for latent in MODELS
        ]

    def report(self, scale, found):
        rows, kls, kappas = [], {}, {}
        grid = kl_and_cosine(scale.sentences["latent_dim"], GRID)[0]
        for decoder in self._decoders(scale):
            for latent, model in MODELS.items():
                run = language_model(scale, latent, *decoder)
                history = figure_of(found, run, "history") or []
                kl = [epoch["val_kl"] for epoch in history]
                of_kl = np.interp(kl, grid, GRID).tolist()
                epochs = list(range(1, len(kl) + 1))
                label = f"{decoder_name(*decoder)}, {model}"
                kls[label], kappas[label] = (epochs, kl), (epochs, of_kl)
                start = run.flags["kappa"]
                end = of_kl[-1] if of_kl else None
                figures = [
                    figure_of(found, run, "test", name)
                    for name in ("kl", "code_gain", "ppl")
                ]
                row = [decoder_name(*decoder), model, start, end, *figures]
                rows.append(row)
        panels = [
            Curves("epoch", "validation KL, nats per sentence", kls),
            Curves("epoch", "kappa that has this KL", kappas),
        ]
        notes = [
            "The kappa of an epoch is the one that has the validation set's mean KL; "
            "single sentences have others.",
            "The paper reports that a learned kappa is brittle.",
        ]
        return Report([Table(COLUMNS, rows)], panels, notes)

    def _decoders(self, scale):
        return [decoder for decoder in scale.swept if decoder[1] == "none"]
