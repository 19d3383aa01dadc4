"""Repeats the experiments of Xu and Durrett (2018) next to the paper's own figures.

    python -m trainers.reproduce --list
    python -m trainers.reproduce --all
    python -m trainers.reproduce --experiment=kappa_sweep --scale=cpu --data_dir=data
    python -m trainers.reproduce --all --scale=paper --data_dir=data --dry_run

Each experiment consists of runs of trainers.lm, trainers.bow, trainers.evaluate and
trainers.generate. After its runs it writes a table (NAME.md), its content (NAME.json)
and, where the paper has a figure, NAME.png to the folder of the scale in --output_dir.
The runs are in its folder runs/; experiments share them. The same command continues
what was stopped, and does not repeat what is finished.

Exit status: 0, 1 if a run failed or the disk is full, 2 for bad input, 130 and 143 if
Ctrl-C and SIGTERM stopped it after the current run saved its state.
"""

from trainers.cli import process
from trainers.reproduce.flags import define_flags
from trainers.reproduce.run import run


def main() -> None:
    """Runs the program, also as tf-vmfvae-reproduce."""
    process.run(define_flags, run, doc=__doc__)


if __name__ == "__main__":
    main()
