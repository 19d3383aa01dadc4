"""Which words of a sentence its code depends on."""

from trainers.reproduce.experiments.experiment import CODES, Experiment, figure_of
from trainers.reproduce.reports.markdown import Markdown, escape
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.model_runs import evaluation, language_model

# The published code marks a word if the code without it has a lower cosine.
IMPORTANT = 0.98


class WordImportance(Experiment):
    """How far codes of Inputless models move when a word is hidden."""

    name = "word_importance"
    title = "How far the code of a sentence moves when a word is hidden"

    def runs(self, scale):
        runs = []
        for latent in CODES:
            run = language_model(scale, latent, "inputless")
            runs += [run, evaluation(scale, run)]
        return runs

    def report(self, scale, found):
        words = {}
        for latent, model in CODES.items():
            run = language_model(scale, latent, "inputless")
            probes = figure_of(found, evaluation(scale, run), "probes") or {}
            words[model] = probes.get("word_importance", {})
        by_rank = {model: own.get("by_rank", {}) for model, own in words.items()}
        counts = {
            ranks: group["words"]
            for groups in by_rank.values()
            for ranks, group in groups.items()
        }
        rows = [
            [ranks, count, *(x.get(ranks, {}).get("cosine") for x in by_rank.values())]
            for ranks, count in counts.items()
        ]
        columns = {"rank of the word": "", "words": "d"}
        columns |= dict.fromkeys(CODES.values(), ".3f")
        marked = [
            list(map(_marked, sentences))
            for sentences in zip(
                *(own.get("sentences", []) for own in words.values()), strict=False
            )
        ]
        notes = [
            "One word at a time is replaced by `<unk>`. The lower the cosine, the more "
            "the code depends on the word. Rank 1 is the most frequent word.",
            "The paper's published code marks words in the same way; the paper prints "
            "examples and no figures.",
        ]
        return Report(
            [
                Table(columns, rows, "Mean cosine to the code of the whole sentence"),
                Table(
                    dict.fromkeys(CODES.values(), ""),
                    marked,
                    f"Bold: without the word, the cosine is below {IMPORTANT}",
                ),
            ],
            notes=notes,
        )


def _marked(words):
    """Returns a sentence with its important words in bold.

    >>> _marked([["profit", 0.5], ["rose", 0.99]])
    '**profit** rose'
    """
    escaped = ((escape(word), cosine) for word, cosine in words)
    return Markdown(
        " ".join(f"**{word}**" if x < IMPORTANT else word for word, x in escaped)
    )
