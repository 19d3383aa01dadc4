"""What the tests of trainers.export share."""

from absl import flags

from trainers.export import flags as export_flags
from trainers.export import run as export_run


def export(model, folder, *arguments):
    """Does what the program does with these flags."""
    own = export_flags.define_flags(flags.FlagValues())
    own.parse([f"--model={model}", f"--output_dir={folder}", *arguments])
    settings, _ = own.read_settings()
    export_run.run(settings)
