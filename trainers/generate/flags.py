"""The flags of trainers.generate."""

from absl import flags

from trainers.cli import paths
from trainers.cli.defaults import Derived
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import LEAST, Range, integers, positive
from trainers.storage.model_file import find_model

TASKS = ("sample", "reconstruct", "interpolate", "neighbours")
SAMPLERS = ("greedy", "random", "top_k", "top_p", "beam")


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(values=values, check=check, without_effect=_without_effect)
    own.path("model", "A run folder or a .keras file.", default=None)
    own.choice(
        "task",
        "sample: from the prior; reconstruct: from a sentence's own code; "
        "interpolate: between each two sentences; neighbours: sentences of --corpus "
        "with the most similar codes.",
        TASKS,
        default="sample",
    )
    own.sentences("text", "A sentence.")
    own.path(
        "file",
        "A file of sentences, one a line; -: standard input.",
        default=Derived("standard input, where there is no --text"),
    )
    own.path("corpus", "neighbours: a file of sentences.", default=None)
    own.integer(
        "label",
        "For a model that is told labels: one, or one for each sentence.",
        integers(0, 1_000_000_000),
        default=[],
        many=True,
    )
    own.integer(
        "count", "How many samples, or neighbours.", integers(1, 1_000_000), default=5
    )
    own.integer(
        "steps", "interpolate: sentences, ends included.", integers(2, 10_000), 7
    )
    own.choice(
        "sampler",
        "How words are chosen.",
        SAMPLERS,
        default=Derived(
            "random for samples, else greedy",
            lambda settings: "random" if settings["task"] == "sample" else "greedy",
        ),
    )
    own.number(
        "temperature",
        "Below 1: likelier words; above: more variety.",
        positive(),
        default=1.0,
    )
    own.integer(
        "top_k",
        "top_k: among how many words; no more than the model knows.",
        integers(1, 1_000_000_000),
        default=Derived("all of the model's words up to 10"),
    )
    own.number(
        "top_p",
        "top_p: among words of so much probability.",
        Range(LEAST, 1.0, f"above 0 and at most 1, from {LEAST:g}"),
        default=0.9,
    )
    own.integer("beams", "beam: how many.", integers(1, 100), default=5)
    own.integer("max_words", "Longest sentence.", integers(1, 10_000), default=60)
    own.integer(
        "seed", "Seed of codes and words.", integers(0, 1_000_000_000), default=1
    )
    own.switch("json", "Lines of JSON, for programs.", default=False)
    return own


def check(settings: dict) -> None:
    """Checks the values of the flags against each other, and the files they name.

    Raises:
        UserError: if one makes no sense.
    """
    find_model(settings["model"])
    if settings["text"] and settings["file"]:
        raise UserError("--file: give sentences by --text or by --file, not by both")
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
