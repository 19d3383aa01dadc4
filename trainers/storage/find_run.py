"""Finds the run that a command line names, whether new or already started."""

import dataclasses

from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.run_flags import FREE_FLAGS, identity
from trainers.storage.json_file import unusable
from trainers.storage.run_folder import RunFolder
from trainers.storage.run_record import FLAGS


def find_run(own: ProgramFlags, settings: dict) -> tuple[RunFolder, list[str]]:
    """Returns the folder of the run that the settings describe, and notes for the user.

    If the run has started, the settings become those that it was started with: the
    command line is the same, but the library's defaults may have changed since.

    Args:
        own: the program's flags.
        settings: the value of every flag by name; changed in place.

    Raises:
        UserError: if the folder cannot be used, or holds another run.
    """
    added = {**own.constant_defaults(), **own.earlier.added}
    folder = RunFolder(
        settings["output_dir"],
        identity(settings),
        given={name for name in own.names if own.given(name)} - FREE_FLAGS,
        unused=own.without_effect(settings),
        earlier=dataclasses.replace(own.earlier, added=added),
    )
    changed = {
        name: value for name, value in folder.flags.items() if value != settings[name]
    }
    try:
        _check(own, settings, changed)
    except UserError as error:
        raise unusable(folder.path / FLAGS, str(error)) from error
    if not folder.has_begun:
        own.check_new(settings)
    notes = [
        f"{folder.path} was started with --{name}={value} and keeps it; the default is "
        f"now {settings[name]}"
        for name, value in changed.items()
    ]
    if folder.is_released:
        notes = [f"{folder.path} is a published run: flags not given are its own"]
    settings.update(changed)
    return folder, notes


def _check(own, settings, changed):
    """Checks the flags that a run's flags.json has other than they are now."""
    there = {name: value for name, value in changed.items() if value is not None}
    for name, value in there.items():
        own.check_stored(name, value)
    # A flag without effect on that run may be absent.
    unused = own.without_effect({**settings, **there})
    effective = {name: changed[name] for name in changed if name not in unused}
    for name, value in effective.items():
        own.check_stored(name, value)
    if effective:
        own.check({**own.settings(), **effective})
