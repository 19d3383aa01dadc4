"""Finds the run that a command line names, whether new or already begun."""

from collections.abc import Callable, Collection

from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.run_flags import FREE_FLAGS, identity
from trainers.storage.json_file import unusable
from trainers.storage.run_folder import RunFolder
from trainers.storage.run_record import FLAGS


def find_run(
    own: ProgramFlags,
    settings: dict,
    unused: Collection[str],
    before: dict,
    check: Callable[[dict], None],
) -> tuple[RunFolder, list[str]]:
    """Returns the folder of the run that the settings describe, and notes for the user.

    If the run has begun, the settings become those that it was begun with: the command
    line is the same, but the library's defaults may have changed since.

    Args:
        own: the program's flags.
        settings: the value of every flag by name; changed in place.
        unused: names of the flags that have no effect.
        before: the value of a flag, by name, in a run that was begun before there was
            such a flag, where that is not the flag's default.
        check: called with all settings if the folder changes some; raises a
            `UserError` if they make no sense.

    Raises:
        UserError: if the folder cannot be used, or holds another run.
    """
    folder = RunFolder(
        settings["output_dir"],
        identity(settings),
        given={name for name in own.names if own.given(name)} - FREE_FLAGS,
        unused=unused,
        before={**own.constant_defaults(), **before},
    )
    changed = {
        name: value for name, value in folder.flags.items() if value != settings[name]
    }
    try:
        for name, value in changed.items():
            own.check_stored(name, value)
        if changed:
            check({**own.settings(), **changed})
    except UserError as error:
        raise unusable(folder.path / FLAGS, str(error)) from error
    notes = [
        f"{folder.path} was begun with --{name}={value} and keeps it; the default is "
        f"now {settings[name]}"
        for name, value in changed.items()
    ]
    if folder.is_released:
        notes = [f"{folder.path} is a published run: flags not given are its own"]
    settings.update(changed)
    return folder, notes
