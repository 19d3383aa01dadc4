"""Language models of Yelp reviews, which are given the label."""

from typing import ClassVar

from trainers.reproduce.experiments.experiment import decoder_name, figure_of
from trainers.reproduce.experiments.language_modelling import LanguageModelling
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.model_runs import language_model

COLUMNS = {
    "decoder": "",
    "kappa": "g",
    "KL": ".2f",
    "validation PPL": ".2f",
    "test PPL": ".2f",
}


class LanguageModellingYelp(LanguageModelling):
    """Language models of reviews; encoder and decoder are given the label."""

    name = "language_modelling_yelp"
    title = "Language models of Yelp reviews that are given the label"
    condition = "label"
    paper: ClassVar = {
        ("standard", "none"): ("199 (-)", 55),
        ("standard", "gaussian"): ("199 (0.5)", 55),
        ("standard", "vmf"): ("198 (6.4)", 54),
        ("inputless", "none"): ("300 (-)", 432),
        ("inputless", "gaussian"): ("274 (13.4)", 256),
        ("inputless", "vmf"): ("242 (48.5)", 134),
    }

    def _candidates(self, scale, setting, latent):
        kappas = scale.reviews_kappas[setting] if latent == "vmf" else [None]
        return [
            language_model(
                scale,
                latent,
                setting,
                self.condition,
                kappa=kappa,
                sentences=scale.reviews,
            )
            for kappa in kappas
        ]

    def _more_tables(self, scale, found):
        rows = []
        for setting, kappas in scale.reviews_kappas.items():
            runs = self._candidates(scale, setting, "vmf")
            for kappa, run in zip(kappas, runs, strict=True):
                figures = [
                    figure_of(found, run, *path)
                    for path in (("test", "kl"), ("validation", "ppl"), ("test", "ppl"))
                ]
                name = decoder_name(setting, self.condition)
                rows.append([name, kappa, *figures])
        title = "vMF by kappa; the table above has the best on the validation set"
        return [Table(COLUMNS, rows, title)]

    def _notes(self, scale):
        notes = ["The paper does not give its kappa for Yelp."]
        if scale.reviews["dataset"] == "embedded":
            return [*notes, "The label of an embedded sentence is its topic."]
        return [
            *notes,
            "If `--data_dir` holds only `yelp/valid.txt`, its reviews are shuffled "
            "with a fixed seed and cut in three (80, 10 and 10 %). Figures on these "
            "cannot be compared with the paper's.",
        ]
