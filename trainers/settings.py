"""From flags to settings: every flag's value by name, defaults filled in."""

from collections.abc import Callable, Collection, Iterable

from absl import flags

from trainers.command_line import FREE_FLAGS, UserError, identity
from trainers.json_file import unusable
from trainers.run_folder import FLAGS, RunFolder

# Flags without which a run goes by another flag, also where a corpus has a default.
MAY_BE_ABSENT = {"training_kappa", "concentration_features"}


def with_defaults(holders: Iterable[flags.FlagHolder], defaults: dict) -> dict:
    """Returns the flags' values by name.

    Args:
        holders: the flags.
        defaults: corpus -> name -> what a flag is worth when it is not given.
    """
    settings = {flag.name: flag.value for flag in holders}
    for name, value in defaults[settings["dataset"]].items():
        if settings[name] is None:
            settings[name] = value
    return settings


def override(defaults: dict, corpora: Iterable[str], values: dict) -> dict:
    """Returns the defaults of `with_defaults` with other values for some corpora."""
    return {**defaults, **{name: {**defaults[name], **values} for name in corpora}}


def require(
    settings: dict, name: str, rule: str, holds: Callable[[float], bool]
) -> None:
    """Checks one value.

    Raises:
        UserError: if it breaks the rule.
    """
    if not holds(settings[name]):
        raise UserError(f"--{name}: must be {rule}, not {settings[name]}")


def leave_aside(settings: dict, without_effect: dict[str, str]) -> list[str]:
    """Sets to `None` what has no effect on the run: it is no part of what the run is.

    Args:
        settings: changed in place.
        without_effect: flags that nothing reads, each with the flag that makes it so.

    Returns:
        Notes for the user on what they gave in vain. Not an error: so one command
        compares latents by a change of --latent alone.
    """
    notes = []
    for name, cause in without_effect.items():
        if flags.FLAGS[name].present:
            value = settings[cause]
            why = f"without --{cause}" if value is None else f"with --{cause}={value}"
            notes.append(f"--{name} has no effect {why}")
        settings[name] = None
    return notes


def find_run(
    settings: dict,
    holders: Collection[flags.FlagHolder],
    unused: Collection[str],
    before: dict,
    check: Callable[[dict], None],
) -> tuple[RunFolder, list[str]]:
    """Returns the folder of the run that the settings describe, and notes on it.

    If a run was begun there, the settings become those that it was begun with: what
    the command line says is the same, but defaults change from version to version.

    Args:
        settings: the value of every flag by name; changed in place.
        holders: the flags.
        unused: names of those that have no effect.
        before: what a flag is worth to a run that was begun before there was such a
            flag, by name, where that is not what absl has as its default.
        check: called with the settings that come of the folder; raises a `UserError`
            if they make no sense.

    Raises:
        UserError: if the folder cannot be used, or holds another run.
    """
    folder = RunFolder(
        settings["output_dir"],
        identity(settings),
        given={flag.name for flag in holders if flag.present} - FREE_FLAGS,
        unused=unused,
        before={**{flag.name: flag.default for flag in holders}, **before},
    )
    own = {
        name: value for name, value in folder.flags.items() if value != settings[name]
    }
    try:
        for name, value in own.items():
            _check_kind(name, value)
        if own:
            check(own)
    except (UserError, TypeError, ValueError) as error:
        raise unusable(folder.path / FLAGS, str(error)) from error
    notes = [
        f"{folder.path} was begun with --{name}={value} and goes on so; the default is "
        f"{settings[name]} by now"
        for name, value in own.items()
    ]
    settings.update(own)
    return folder, notes


def _check_kind(name, value):
    flag = flags.FLAGS[name]
    if value is None:
        is_sound = name in MAY_BE_ABSENT
    else:
        is_boolean = isinstance(flag.parser, flags.BooleanParser)
        try:
            is_sound = flag.parser.parse(value) == value
        except (TypeError, ValueError):
            is_sound = False
        is_sound = is_sound and isinstance(value, bool) == is_boolean
    if not is_sound:
        raise ValueError(f"--{name} is {value!r:.80}")
