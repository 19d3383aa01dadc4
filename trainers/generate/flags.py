"""Flags of trainers.generate."""

from absl import flags

from trainers.cli import paths
from trainers.cli.defaults import Derived
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import LEAST, Range, integers, positive
from trainers.storage.model_file import check_model

TASKS = ("sample", "reconstruct", "interpolate", "neighbours")
SAMPLERS = ("greedy", "random", "top_k", "top_p", "beam")


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(values=values, check=check, without_effect=_without_effect)
    own.path(
        "model",
        "A run folder, a .keras file, or a preset: its name or folder. Required.",
        default=None,
    )
    own.choice(
        "task",
        "sample: decodes codes drawn from the prior; reconstruct: decodes sentences "
        "from their own codes; interpolate: goes from one sentence of a pair to the "
        "other; neighbours: finds the sentences of --corpus with the most similar "
        "codes, or the documents if the model reads documents.",
        TASKS,
        default="sample",
    )
    own.sentences("text", "A sentence for --task to work on.")
    own.path(
        "file",
        "File of sentences, one per line; - for standard input.",
        default=Derived("standard input, if there is no --text"),
    )
    own.path(
        "corpus",
        "File of sentences or documents to find neighbours in, one per line. Required "
        "with --task=neighbours.",
        default=None,
    )
    own.sentences(
        "label",
        "Label, for a model that is conditioned on labels: its name, or its number "
        "from 0 if the labels have no names. Give one for all sentences, or one for "
        "each.",
    )
    own.integer(
        "count", "Number of samples or neighbours.", integers(1, 1_000_000), default=5
    )
    own.integer(
        "steps",
        "Sentences in an interpolation, including both ends.",
        integers(2, 10_000),
        7,
    )
    own.choice(
        "sampler",
        "How to choose each word.",
        SAMPLERS,
        default=Derived(
            "random for samples, else greedy",
            lambda settings: "random" if settings["task"] == "sample" else "greedy",
        ),
    )
    own.number(
        "temperature",
        "Temperature of the sampler. Below 1, likely words become likelier; above 1, "
        "there is more variety.",
        positive(),
        default=1.0,
    )
    own.integer(
        "top_k",
        "Number of words that --sampler=top_k chooses among, at most all that the "
        "model knows.",
        integers(1, 1_000_000_000),
        default=Derived("the 10 likeliest, or all of a smaller vocabulary"),
    )
    own.number(
        "top_p",
        "Total probability of the likeliest words that --sampler=top_p chooses among.",
        Range(LEAST, 1.0, f"above 0 and at most 1, from {LEAST:g}"),
        default=0.9,
    )
    own.integer(
        "beams", "Number of beams of --sampler=beam.", integers(1, 100), default=5
    )
    own.integer(
        "max_words",
        "Words after which a sentence is cut off.",
        integers(1, 10_000),
        default=60,
    )
    own.integer(
        "seed", "Seed of the codes and words.", integers(0, 1_000_000_000), default=1
    )
    own.switch("json", "Print each answer as a line of JSON.", default=False)
    return own


def check(settings: dict) -> None:
    """Checks the values against each other, and the files that they name.

    Raises:
        UserError: if a value or a file cannot be used.
    """
    check_model(settings["model"])
    if settings["text"] and settings["file"]:
        raise UserError(
            "--file: give sentences with --text or with --file, not with both"
        )
    if settings["task"] == "neighbours" and not settings["corpus"]:
        raise UserError("--corpus: --task=neighbours needs a file of sentences")
    for name in ("file", "corpus"):
        if settings[name] not in (None, "-"):
            paths.check_input(settings[name], name, folders=False, pipes=True)


def _without_effect(settings):
    task, sampler = settings["task"], settings["sampler"]
    read_by = {
        "corpus": task == "neighbours",
        "count": task in ("sample", "neighbours"),
        "steps": task == "interpolate",
        "temperature": sampler != "greedy",
        "top_k": sampler == "top_k",
        "top_p": sampler == "top_p",
        "beams": sampler == "beam",
    }
    samplers = ("temperature", "top_k", "top_p", "beams")
    unused = {
        name: "sampler" if name in samplers else "task"
        for name, is_read in read_by.items()
        if not is_read
    }
    if task == "neighbours":
        unused.update(dict.fromkeys(["sampler", "max_words", *samplers], "task"))
    return unused
