"""From flags to settings: every flag's value by name, defaults filled in."""

from collections.abc import Callable, Iterable

from absl import flags

from trainers.command_line import UserError


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
