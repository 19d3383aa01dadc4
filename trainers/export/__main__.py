"""Exports a trained model as a SavedModel that reads raw text.

    python -m trainers.export --model=RUN --output_dir=served

TensorFlow alone serves it, without this library:

    served = tf.saved_model.load("served")
    served.encode(tf.constant(["shares rose"]))
    served.reconstruct(tf.constant(["shares rose"]))
    served.sample(count=3, seed=1)
    served.interpolate(tf.constant("shares rose"), tf.constant("shares fell"), steps=5)
    served.score(tf.constant(["shares rose"]), samples=100, seed=1)

A document model has encode and score and, if it has topics, two more functions:

    served.topics(tf.constant(["Shares rose, the bank said."]))
    served.top_words()

Its topics are those of the run of trainers.bow, or of the TopicModel that was saved.

A language model trained with --condition=label also takes labels=tf.constant([0]). To
sample from such a model, or from one trained with --condition=bow, give labels or texts
as conditions:

    served.sample(count=3, seed=1, conditions=tf.constant([0]))
    served.sample(count=3, seed=1, conditions=tf.constant(["shares rose"]))

A served model keeps no state: the same seed gives the same answer in any thread, and an
empty list of texts gives an empty answer. An argument out of range is refused with an
InvalidArgumentError that names it. In a server with threads, call
served.signatures["encode"](texts=...) rather than served.encode: when TensorFlow itself
refuses an argument (of another type, say), it leaves served.encode locked for all other
threads.

Exit status: 0, 1 if the disk is full, 2 for bad input, 130 and 143 if Ctrl-C and
SIGTERM stopped it. A failed export leaves no folder.
"""

from trainers.cli import program
from trainers.export.flags import define_flags


def load():
    """Imports what needs TensorFlow; returns the function that exports."""
    from trainers.export.run import run

    return run


def main() -> None:
    """Runs the program, also as tf-vmfvae-export."""
    program.run(define_flags, load)


if __name__ == "__main__":
    main()
