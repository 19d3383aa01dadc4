"""Trains the document model NVDM.

    python -m trainers.bow --latent=vmf
    python -m trainers.bow --latent=vmf --dataset=20ng --latent_dim=25 --kappa=100
    python -m trainers.bow --latent=vmf_natural --bursts --dataset=20ng --data_dir=data

leaves a run folder as `trainers.lm` does, with the same exit statuses.
"""

from trainers.bow.flags import define_flags, read_settings, run_folder
from trainers.cli import program
from trainers.cli.program_flags import ProgramFlags
from trainers.devices.workers import only_chief_prints


def main(own: ProgramFlags) -> None:
    """Checks the flags, then trains."""
    settings, notes = read_settings(own)
    folder, more = run_folder(own, settings)
    with program.importing_tensorflow():
        from trainers.bow.task import BowTask
        from trainers.training.run import run
    program.print_notes([*notes, *more])
    run(BowTask(settings), folder)


if __name__ == "__main__":
    program.run(define_flags, main, around=only_chief_prints)
