"""What the codes of sentences hold: words, and their order."""

from trainers.reproduce.experiments.experiment import (
    Experiment,
    decoder_name,
    figure_of,
)
from trainers.reproduce.reports.curves import Curves
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.model_runs import evaluation, language_model

MODELS = {"gaussian": "Gaussian", "vmf": "vMF"}
PROBES = ("bag_of_words_from_code", "code_from_bag_of_words")
# Cosines: from the code to the bag of words, and back.
PAPER = {
    ("none", "gaussian"): (0.74, 0.74),
    ("none", "vmf"): (0.77, 0.57),
    ("bow", "gaussian"): (0.32, None),
    ("bow", "vmf"): (0.23, None),
}
COLUMNS = {
    "decoder": "",
    "model": "",
    "code to words": ".3f",
    "words to code": ".3f",
    "paper: code to words": ".2f",
    "paper: words to code": ".2f",
}


class SwapsAndProbes(Experiment):
    """Probes of the codes of Inputless models, Gaussian and vMF side by side."""

    name = "swaps_and_probes"
    title = "Probes of Inputless codes: the bag of words, and the order of the words"

    def runs(self, scale):
        runs = []
        for condition, latent in PAPER:
            run = language_model(scale, latent, "inputless", condition)
            runs += [run, evaluation(scale, run)]
        return runs

    def report(self, scale, found):
        rows, swaps = [], {}
        for (condition, latent), paper in PAPER.items():
            run = language_model(scale, latent, "inputless", condition)
            probes = figure_of(found, evaluation(scale, run), "probes") or {}
            scores = [probes.get(name, {}).get("score") for name in PROBES]
            decoder, model = decoder_name("inputless", condition), MODELS[latent]
            rows.append([decoder, model, *scores, *paper])
            cosines = probes.get("cosine_after_swaps", {})
            label = f"{decoder}, {model}"
            swaps[label] = ([float(rate) for rate in cosines], list(cosines.values()))
        rates = sorted({rate for curve, _ in swaps.values() for rate in curve})
        by_rate = [
            [label, *(dict(zip(*curve, strict=True)).get(rate) for rate in rates)]
            for label, curve in swaps.items()
        ]
        tables = [
            Table(COLUMNS, rows, "Mean cosine between prediction and truth"),
            Table(
                {"model": "", **dict.fromkeys(map(str, rates), ".3f")},
                by_rate,
                "Cosine to the code of the original, by the probability of a swap",
            ),
        ]
        panel = Curves(
            "probability that a word is swapped with the next",
            "cosine to the code of the original",
            swaps,
        )
        notes = [
            "In the paper, the cosine falls faster for vMF than for Gaussian codes."
        ]
        return Report(tables, [panel], notes)
