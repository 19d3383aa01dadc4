"""Writes with a trained language model.

    python -m trainers.generate --model=RUN --task=sample --count=5 --sampler=top_p
    python -m trainers.generate --model=RUN --task=reconstruct --text="shares rose"
    python -m trainers.generate --model=RUN --task=interpolate --file=pairs.txt
    python -m trainers.generate --model=RUN --task=neighbours --corpus=all.txt

Sentences come from --text, which may be repeated, from --file, or from standard input,
one a line. With --json every answer is a line of JSON.

Exit status: 0, 2 for bad input.
"""

import math
import os

from absl import flags

from trainers import command_line
from trainers.command_line import UserError

TASKS = ("sample", "reconstruct", "interpolate", "neighbours")
SAMPLERS = ("greedy", "random", "top_k", "top_p", "beam")


def define_flags() -> list[flags.FlagHolder]:
    """Defines and returns the flags; not on import, where another program's may be."""
    return [
        flags.DEFINE_string("model", None, "A run folder or a .keras file."),
        flags.DEFINE_enum(
            "task",
            "sample",
            TASKS,
            "sample: from the prior; reconstruct: from a sentence's own code; "
            "interpolate: between each two sentences; neighbours: sentences of "
            "--corpus with the most similar codes.",
        ),
        flags.DEFINE_multi_string("text", [], "A sentence; may be repeated."),
        flags.DEFINE_string(
            "file", None, "A file of sentences, one a line; -: standard input."
        ),
        flags.DEFINE_string("corpus", None, "neighbours: a file of sentences."),
        flags.DEFINE_multi_integer(
            "label",
            [],
            "For a model that is told labels: one, or one for each sentence.",
        ),
        flags.DEFINE_integer("count", 5, "How many samples, or neighbours.", 1),
        flags.DEFINE_integer("steps", 7, "interpolate: sentences, ends included.", 2),
        flags.DEFINE_enum(
            "sampler",
            None,
            SAMPLERS,
            "How words are chosen. Default: random for samples, else greedy.",
        ),
        flags.DEFINE_float(
            "temperature", 1.0, "Below 1: likelier words; above: more variety."
        ),
        flags.DEFINE_integer("top_k", 10, "top_k: among how many words.", 1),
        flags.DEFINE_float("top_p", 0.9, "top_p: among words of so much probability."),
        flags.DEFINE_integer("beams", 5, "beam: how many.", 1, 100),
        flags.DEFINE_integer("max_words", 60, "Longest sentence.", 1, 10_000),
        flags.DEFINE_integer("seed", 1, "Seed of codes and words.", 0, 1_000_000_000),
        flags.DEFINE_boolean("json", False, "Lines of JSON, for programs."),
    ]


def main(settings: dict) -> None:
    """Checks the flags, then writes."""
    check(settings)
    # Only what TensorFlow cannot go on after.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with command_line.native_noise_held_back():
        from trainers import generation_run

    generation_run.run(settings)


def check(settings: dict) -> None:
    """Checks the values of the flags.

    Raises:
        UserError: if one makes no sense.
    """
    if not settings["model"]:
        raise UserError("--model: give a run folder or a .keras file")
    if settings["text"] and settings["file"]:
        raise UserError("--file: give sentences by --text or by --file, not by both")
    if not 0 < settings["temperature"] < math.inf:
        raise UserError(
            f"--temperature: must be positive, not {settings['temperature']}"
        )
    if not 0 < settings["top_p"] <= 1:
        raise UserError(
            f"--top_p: must be above 0 and at most 1, not {settings['top_p']}"
        )
    if settings["task"] == "neighbours" and not settings["corpus"]:
        raise UserError("--corpus: --task=neighbours needs a file of sentences")


if __name__ == "__main__":
    HOLDERS = define_flags()
    command_line.run(lambda: main({flag.name: flag.value for flag in HOLDERS}))
