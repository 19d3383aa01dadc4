"""Trains a document model on bags of words: a topic model with a code per document.

    python -m trainers.bow --latent=vmf
    python -m trainers.bow --latent=vmf --dataset=20ng --latent_dim=25 --kappa=100
    python -m trainers.bow --latent=vmf_natural --bursts --dataset=20ng --data_dir=data

It leaves a run folder, like trainers.lm, and has the same exit statuses.
"""

from trainers.bow.flags import define_flags
from trainers.cli import program
from trainers.devices.workers import only_chief_prints
from trainers.storage.find_run import find_run


def load():
    """Imports what needs TensorFlow; returns the function that trains."""
    from trainers.bow.task import BowTask
    from trainers.training.run import run

    return lambda settings, folder: run(BowTask(settings), folder)


def main() -> None:
    """Runs the program, also as tf-vmfvae-bow."""
    program.run(define_flags, load, find=find_run, around=only_chief_prints)


if __name__ == "__main__":
    main()
