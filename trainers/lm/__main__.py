"""Trains the language model NVRNN.

    python -m trainers.lm --latent=vmf
    python -m trainers.lm --latent=vmf --dataset=ptb --data_dir=data --kappa=35

leaves a run folder: model.keras (the best epoch), metrics.json, flags.json,
TensorBoard logs and the checkpoints that the same command goes on from.

Exit status: 0 after a whole run, 1 if the run cannot go on (a loss that is not finite,
a full disk), 2 for bad input, 130 and 143 if Ctrl-C and SIGTERM stopped it: it has
saved its state then, and the same command goes on.
"""

from trainers.cli import program
from trainers.cli.program_flags import ProgramFlags
from trainers.devices.workers import only_chief_prints
from trainers.lm.flags import define_flags, read_settings, run_folder
from trainers.storage.model_file import find_model


def main(own: ProgramFlags) -> None:
    """Checks the flags, then trains."""
    settings, notes = read_settings(own)
    folder, more = run_folder(own, settings)
    if settings["pretrained"] and not folder.has_begun:
        find_model(settings["pretrained"], "pretrained")
    # TensorFlow takes seconds to import: not before the flags are known to be good.
    with program.importing_tensorflow():
        from trainers.lm.task import LMTask
        from trainers.training.run import run
    program.print_notes([*notes, *more])
    run(LMTask(settings), folder)


if __name__ == "__main__":
    program.run(define_flags, main, around=only_chief_prints)
