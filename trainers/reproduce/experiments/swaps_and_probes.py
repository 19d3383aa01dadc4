"""What the codes of sentences hold: words, and their order."""

from trainers.reproduce.experiments.experiment import (
    CODES,
    Experiment,
    decoder_name,
    figure_of,
)
from trainers.reproduce.reports.curves import Curves
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.model_runs import evaluation, language_model

PROBES = (
    "bag_of_words_from_code",
    "code_from_bag_of_words",
    "embedding_from_code",
    "code_from_embedding",
)
# The swaps of words, by what a word is swapped with.
SWAPS = {"the next": "cosine_after_swaps", "any": "cosine_after_any_swaps"}
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
    "code to bag": ".3f",
    "bag to code": ".3f",
    "code to mean embedding": ".3f",
    "mean embedding to code": ".3f",
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
        rows, probes = [], {}
        for (condition, latent), paper in PAPER.items():
            run = language_model(scale, latent, "inputless", condition)
            own = figure_of(found, evaluation(scale, run), "probes") or {}
            scores = [own.get(name, {}).get("score") for name in PROBES]
            decoder, model = decoder_name("inputless", condition), CODES[latent]
            rows.append([decoder, model, *scores, *paper])
            probes[f"{decoder}, {model}"] = own
        tables = [Table(COLUMNS, rows, "Mean cosine between prediction and truth")]
        panels = []
        for partner, name in SWAPS.items():
            swaps = {
                label: {float(rate): x for rate, x in own.get(name, {}).items()}
                for label, own in probes.items()
            }
            rates = sorted({rate for cosines in swaps.values() for rate in cosines})
            tables.append(
                Table(
                    {"model": "", **dict.fromkeys(map(str, rates), ".3f")},
                    [[label, *map(x.get, rates)] for label, x in swaps.items()],
                    "Cosine to the code of the original, by the probability that a "
                    f"word is swapped with {partner} word",
                )
            )
            curves = {label: ([*x], [*x.values()]) for label, x in swaps.items()}
            panels.append(
                Curves(
                    f"probability that a word is swapped with {partner} word",
                    "cosine to the code of the original",
                    curves,
                )
            )
        notes = [
            "Bag: counts of the 1,000 most frequent words, predicted by an MLP that is "
            "fitted to the squared error. Mean embedding: the probe of the paper's "
            "published code, an MLP with tanh that is fitted to the cosine and "
            "predicts the mean word embedding.",
            "In the paper, the cosine after swaps falls faster for vMF than for "
            "Gaussian codes. It describes swaps of adjacent words; its published code "
            "swaps any two.",
        ]
        return Report(tables, panels, notes)
