"""Exports a trained language model as a SavedModel with raw text in and out.

    python -m trainers.export --model=RUN --output_dir=served

TensorFlow alone serves it, without this library:

    served = tf.saved_model.load("served")
    served.encode(tf.constant(["shares rose"]))
    served.reconstruct(tf.constant(["shares rose"]))
    served.sample(count=3, seed=1)
    served.interpolate(tf.constant("shares rose"), tf.constant("shares fell"), steps=5)
    served.score(tf.constant(["shares rose"]), samples=100, seed=1)

A model trained with --condition=label takes labels=tf.constant([0]) too, and one that
is told the words (--condition=bow) takes them from texts; for samples both are `told`:

    served.sample(count=3, seed=1, told=tf.constant([0]))
    served.sample(count=3, seed=1, told=tf.constant(["shares rose"]))

What is served has no state: a seed's answer is the same in any thread, whatever else is
being asked. An empty list of texts gets an empty answer. An argument out of range is an
InvalidArgumentError that names it. A server with threads should call
served.signatures["encode"](texts=...) rather than served.encode(...): where TensorFlow
itself refuses an argument, for its type say, it leaves the latter locked for all other
threads.

Exit status: 0, 1 if the disk is full, 2 for bad input.
"""

import os

from absl import flags

from trainers import command_line
from trainers.command_line import UserError


def define_flags() -> list[flags.FlagHolder]:
    """Defines and returns the flags; not on import, where another program's may be."""
    return [
        flags.DEFINE_string("model", None, "A run folder or a .keras file."),
        flags.DEFINE_string("output_dir", None, "The SavedModel's folder, a new one."),
        flags.DEFINE_integer("max_words", 60, "Longest sentence.", 1, 10_000),
    ]


def main(settings: dict) -> None:
    """Checks the flags, then exports."""
    if not settings["model"]:
        raise UserError("--model: give a run folder or a .keras file")
    folder = settings["output_dir"]
    if not folder:
        raise UserError("--output_dir: give the folder to write")
    if os.path.exists(folder) and (not os.path.isdir(folder) or os.listdir(folder)):
        raise UserError(f"--output_dir={folder}: is not empty; name another folder")
    # Only what TensorFlow cannot go on after.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with command_line.native_noise_held_back():
        from trainers.language_model_file import load_language_model
        from trainers.served_model import ServedModel

    served = ServedModel(load_language_model(settings["model"]), settings["max_words"])
    served.save(folder)
    print(f"{folder}: {', '.join(served.signatures)}")


if __name__ == "__main__":
    HOLDERS = define_flags()
    command_line.run(lambda: main({flag.name: flag.value for flag in HOLDERS}))
