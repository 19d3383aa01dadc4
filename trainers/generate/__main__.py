"""Generates sentences with a trained language model, or finds similar documents.

    python -m trainers.generate --model=RUN --task=sample --count=5 --sampler=top_p
    python -m trainers.generate --model=RUN --task=reconstruct --text="shares rose"
    python -m trainers.generate --model=RUN --task=interpolate --file=pairs.txt
    python -m trainers.generate --model=RUN --task=neighbours --corpus=all.txt

Sentences are read from --text, which may be repeated, from --file, or from standard
input, one per line. With --json every answer is a line of JSON. A document model, which
trainers.bow has trained, reads documents instead and only finds neighbours.

Exit status: 0, 1 if memory or the disk is full, 2 for bad input, 130 and 143 if Ctrl-C
and SIGTERM stopped it, 141 if the program that reads its output stops early.
"""

from trainers.cli import program
from trainers.generate.flags import define_flags


def load():
    """Imports what needs TensorFlow; returns the function that generates."""
    from trainers.generate.run import run

    return run


def main() -> None:
    """Runs the program, also as tf-vmfvae-generate."""
    program.run(define_flags, load, only_prints=True)


if __name__ == "__main__":
    main()
