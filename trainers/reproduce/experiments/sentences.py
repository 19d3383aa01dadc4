"""Nearest sentences, interpolations and samples."""

import itertools

from trainers.reproduce.experiments.experiment import CODES, Experiment, figure_of
from trainers.reproduce.reports.report import Report
from trainers.reproduce.reports.table import Table
from trainers.reproduce.runs.generation import Generation
from trainers.reproduce.runs.model_runs import language_model
from trainers.reproduce.runs.sentence_file import SentenceFile

# Validation sentences to find neighbours of, neighbours of each, and samples.
QUERIES, NEAREST, SAMPLES = 4, 3, 5


class Sentences(Experiment):
    """What Gaussian and vMF codes of Inputless models find and write, side by side."""

    name = "sentences"
    title = "Nearest sentences, interpolations and samples of Inputless models"

    def runs(self, scale):
        runs = []
        for latent in CODES:
            model = language_model(scale, latent, "inputless")
            runs += [model, *self._tasks(scale, model).values()]
        return runs

    def report(self, scale, found):
        answers = {task: [] for task in ("neighbours", "interpolate", "sample")}
        for latent in CODES:
            model = language_model(scale, latent, "inputless")
            for task, run in self._tasks(scale, model).items():
                answers[task].append(figure_of(found, run, "answers") or [])
        tables = [
            *_neighbours(answers["neighbours"]),
            *_interpolations(answers["interpolate"]),
            _samples(answers["sample"]),
        ]
        notes = [
            "The sentences were chosen at random, with a fixed seed, among validation "
            "sentences of 6 to 15 known words, and neighbours are sought in the test "
            "set.",
            "Every word is the likeliest one. Samples are decoded from codes of the "
            "prior.",
        ]
        return Report(tables, notes=notes)

    def _tasks(self, scale, model):
        dataset = scale.sentences["dataset"]
        chosen = SentenceFile(dataset, "validation", QUERIES)
        everything = SentenceFile(dataset, "test")
        return {
            task: Generation(model, task, flags, inputs)
            for task, flags, inputs in (
                (
                    "neighbours",
                    {"count": NEAREST},
                    {"file": chosen, "corpus": everything},
                ),
                ("interpolate", {}, {"file": chosen}),
                ("sample", {"count": SAMPLES, "sampler": "greedy"}, {}),
            )
        }


def _side_by_side(answers):
    """Yields the models' answers to the same question, `{}` for those without."""
    return itertools.zip_longest(*answers, fillvalue={})


def _neighbours(answers):
    columns = {"rank": "d"}
    for model in CODES.values():
        columns |= {model: "", f"{model}, cosine": ".3f"}
    for both in _side_by_side(answers):
        text = next(answer["text"] for answer in both if answer)
        rows = []
        for rank in range(NEAREST):
            row = [rank + 1]
            for answer in both:
                near = answer.get("neighbours", [])[rank : rank + 1]
                row += [near[0]["text"], near[0]["cosine"]] if near else [None, None]
            rows.append(row)
        yield Table(columns, rows, f"Nearest to: {text}")


def _interpolations(answers):
    columns = {"step": "d", **dict.fromkeys(CODES.values(), "")}
    for both in _side_by_side(answers):
        start, end = next((x["start"], x["end"]) for x in both if x)
        written = [answer.get("sentences", []) for answer in both]
        rows = [
            [step + 1, *texts]
            for step, texts in enumerate(itertools.zip_longest(*written))
        ]
        yield Table(columns, rows, f"From: {start}. To: {end}.")


def _samples(answers):
    rows = [
        [number + 1, *(answer.get("sample") for answer in both)]
        for number, both in enumerate(_side_by_side(answers))
    ]
    columns = {"sample": "d", **dict.fromkeys(CODES.values(), "")}
    return Table(columns, rows, "Samples")
