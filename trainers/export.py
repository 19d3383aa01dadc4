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

A served model has no state: the same seed gives the same answer in any thread, and an
empty list of texts gives an empty answer. An argument out of range is refused with an
InvalidArgumentError that names it. In a server with threads, call
served.signatures["encode"](texts=...) rather than served.encode: when TensorFlow itself
refuses an argument (of another type, say), it leaves served.encode locked for all other
threads.

Exit status: 0, 1 if the disk is full, 2 for bad input, 130 and 143 if Ctrl-C and
SIGTERM stopped it. The folder appears whole or not at all.
"""

import os

from absl import flags

from trainers import command_line, paths
from trainers.command_line import RunFailed, UserError
from trainers.program_flags import ProgramFlags, is_utf8
from trainers.ranges import integers
from trainers.whole_folder import check_new, whole_folder


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(values=values)
    own.path("model", "A run folder or a .keras file.", default=None)
    own.path(
        "output_dir",
        "The SavedModel's folder, a new one.",
        default=None,
        for_tensorflow=True,
    )
    own.integer("max_words", "Longest sentence.", integers(1, 10_000), default=60)
    return own


def main(settings: dict) -> None:
    """Checks the flags, then exports."""
    if not settings["model"]:
        raise UserError("--model: give a run folder or a .keras file")
    paths.check_model(settings["model"])
    folder = settings["output_dir"]
    if not folder:
        raise UserError("--output_dir: give the folder to write")
    if not is_utf8(os.path.realpath(folder)):
        raise UserError(
            f"--output_dir={folder}: lies in a folder whose name is not UTF-8, which "
            "TensorFlow writes; name another one"
        )
    check_new(folder)
    with command_line.importing_tensorflow():
        import tensorflow as tf

        from trainers.language_model_file import load_language_model
        from trainers.served_model import ServedModel

    served = ServedModel(load_language_model(settings["model"]), settings["max_words"])
    try:
        with whole_folder(folder) as partial:
            served.save(partial)
    except tf.errors.OpError as error:
        reason = error.message.partition("\n")[0]
        raise RunFailed(
            f"--output_dir={folder}: cannot be written ({reason})"
        ) from error
    print(f"{folder}: {', '.join(served.signatures)}")


if __name__ == "__main__":
    command_line.run(define_flags, lambda own: main(own.settings()))
