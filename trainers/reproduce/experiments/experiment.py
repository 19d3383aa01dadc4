"""Base class of the experiments."""

import abc
from collections.abc import Mapping, Sequence

from trainers.reproduce.reports.report import Report
from trainers.reproduce.runs.evaluation import Evaluation
from trainers.reproduce.runs.generation import Generation
from trainers.reproduce.runs.scale import Scale
from trainers.reproduce.runs.training_run import TrainingRun

Run = TrainingRun | Evaluation | Generation
# What the runs of an experiment measured: maps a run's name to its results. A run that
# failed is missing.
Found = Mapping[str, dict]

# What tables call the codes that the paper compares, by the value of --latent.
CODES = {"gaussian": "Gaussian", "vmf": "vMF"}
# What the paper adds to a decoder's name if it reads more than the code. Its decoders
# for Yelp always read the label.
CONDITIONS = {"none": "", "bow": "-BoW", "label": ""}
NATS = (
    "Compare perplexities with the paper's, not nats: its NLL per sentence is about "
    "21.0 times the logarithm of its perplexity, but a sentence of its corpus has 21.9 "
    "words with `<eos>`."
)
NO_BOUND = (
    "The paper's figures with a code are not bounds: its code averages three samples "
    "of the code before decoding."
)


class Experiment(abc.ABC):
    """A table or a figure of the paper.

    Attributes:
        name: what --experiment calls it; the names of its files.
        title: one line about it.
    """

    name: str
    title: str

    def runs(self, scale: Scale) -> Sequence[Run]:
        """Returns its runs, each after the run that it needs."""
        return []

    @abc.abstractmethod
    def report(self, scale: Scale, found: Found) -> Report:
        """Returns its results.

        Args:
            scale: the scale.
            found: what its runs measured.
        """


def figure_of(found: Found, run: Run, *path: str) -> float | None:
    """Returns a figure that a run measured, or `None` if the run failed.

    Args:
        found: what the runs measured.
        run: the run.
        *path: where the figure is in its results.

    >>> run = TrainingRun("small", "lm", {})
    >>> figure_of({"small": {"test": {"ppl": 90.0}}}, run, "test", "ppl")
    90.0
    >>> figure_of({}, run, "test", "ppl")
    """
    figure = found.get(run.name)
    if figure is None:
        return None
    for name in path:
        figure = figure[name]
    return figure


def weighted_figure(found: Found, evaluation: Evaluation, name: str) -> float | None:
    """Returns an importance-weighted figure with all samples, or `None`.

    Args:
        found: what the runs measured.
        evaluation: the evaluation.
        name: "nll_iw" or "ppl_iw".
    """
    samples = str(evaluation.flags["samples"])
    return figure_of(found, evaluation, "bounds", name, samples)


def weighted_note(scale: Scale, samples: int | None = None) -> str:
    """Returns a note on what importance-weighted figures were computed from.

    Args:
        scale: the scale.
        samples: codes per sentence, by default those of the scale.
    """
    samples = samples or scale.evaluations["samples"]
    examples = scale.evaluations.get("examples")
    note = f"Importance-weighted: {samples} samples per sentence"
    if examples:
        note += f", of the first {examples} sentences; PPL is that of all sentences"
    return f"{note}."


def decoder_name(setting: str, condition: str) -> str:
    """Returns what the paper calls a decoder.

    >>> decoder_name("inputless", "bow")
    'Inputless-BoW'
    """
    return setting.capitalize() + CONDITIONS[condition]
