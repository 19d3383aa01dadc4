"""Trains a language model on sentences, with or without a code for each sentence.

    python -m trainers.lm --latent=vmf
    python -m trainers.lm --latent=vmf --dataset=ptb --data_dir=data --kappa=35

It leaves a run folder: model.keras (the best epoch), metrics.json, flags.json,
TensorBoard logs and checkpoints. The same command continues a run that was stopped.

Exit status: 0 if the run is finished, 1 if it cannot continue (the loss is not finite,
the disk is full), 2 for bad input, 130 and 143 if Ctrl-C and SIGTERM stopped it after
it saved its state.
"""

from trainers.cli import program
from trainers.devices.workers import only_chief_prints
from trainers.lm.flags import define_flags
from trainers.storage.find_run import find_run


def load():
    """Imports what needs TensorFlow; returns the function that trains."""
    from trainers.lm.task import LMTask
    from trainers.training.run import run

    return lambda settings, folder: run(LMTask(settings), folder)


def main() -> None:
    """Runs the program, also as tf-vmfvae-lm."""
    program.run(define_flags, load, find=find_run, around=only_chief_prints)


if __name__ == "__main__":
    main()
