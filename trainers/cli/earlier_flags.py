"""Flags of earlier versions, as the flags.json of an old run has them."""

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from trainers.cli.defaults import Derived, shown

# Former name -> today's name.
RENAMED = {
    "samples": "codes",
    "iw_samples": "samples",
    "kl_epochs": "anneal_epochs",
    "kappa_epochs": "anneal_epochs",
}
# The renamed flags that another flag had to be merged with.
_MERGED = {"kappa_epochs"}


@dataclasses.dataclass(frozen=True)
class EarlierFlags:
    """Translates the flags of runs that an earlier version began.

    Attributes:
        added: maps flags that came later to the value under which the program does
            what it did without them, if that is not today's default.
        fixed: maps flags that are gone to the value that every run has today, or to a
            `Derived` if it depends on other flags.
    """

    added: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    fixed: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def today(
        self, flags: dict, given: Collection[str] | None
    ) -> tuple[dict, frozenset[str] | None]:
        """Returns a run's flags and the names of those given, under today's names.

        >>> EarlierFlags().today({"kl_epochs": 3.0, "samples": 2}, {"samples"})
        ({'anneal_epochs': 3.0, 'codes': 2}, frozenset({'codes'}))
        """
        # A run that has --codes was started under today's names.
        names = {} if "codes" in flags else RENAMED
        flags = {
            name if name in _MERGED else names.get(name, name): value
            for name, value in flags.items()
        }
        if names:
            _merge_annealing(flags)
        if given is not None:
            given = {names.get(name, name) for name in given} - self.fixed.keys()
            given = frozenset(given)
        return flags, given

    def same_as_today(self, name: str, value: Any, flags: dict) -> bool:
        """Returns whether a flag that is gone had the value that runs have today.

        Args:
            name: the flag.
            value: what it was; `None` if it had no effect or did not exist.
            flags: all flags of the run.
        """
        today = self.fixed.get(name)
        if isinstance(today, Derived):
            try:
                return value == today.of(flags)
            except (KeyError, TypeError):
                # The other flags are missing or damaged.
                return False
        return value in (None, today)

    def explain(self, name: str, names: Collection[str]) -> str | None:
        """Returns what to use instead of a flag that is gone.

        Args:
            name: the flag.
            names: the flags that the program has today.

        Returns:
            The end of a message; `None` if the program never had the flag.

        >>> earlier = EarlierFlags(fixed={"clip_norm": 5.0})
        >>> earlier.explain("kl_epochs", ["anneal_epochs"])
        'is now called --anneal_epochs'
        >>> earlier.explain("clip_norm", ["anneal_epochs"])
        'is no longer a flag (it is always 5); leave it out'
        """
        if RENAMED.get(name) in names:
            return f"is now called --{RENAMED[name]}"
        if isinstance(self.fixed.get(name.removeprefix("no")), bool):
            # The flag was on or off; --noNAME turned it off.
            name = name.removeprefix("no")
        if name not in self.fixed:
            return None
        today = self.fixed[name]
        if today is None:
            return "is no longer a flag; leave it out"
        rule = today if isinstance(today, Derived) else f"it is always {shown(today)}"
        return f"is no longer a flag ({rule}); leave it out"


def _merge_annealing(flags):
    """Merges --kappa_epochs into --anneal_epochs, once the length for the KL alone."""
    epochs = flags.pop("kappa_epochs", None)
    if not flags.get("initial_kappa"):
        return
    if epochs is None and isinstance(flags.get("epochs"), int | float):
        epochs = 0.5 * flags["epochs"]
    if flags.get("kl_schedule", "constant") == "constant":
        flags["anneal_epochs"] = epochs
    elif flags.get("anneal_epochs") != epochs:
        # Two things were annealed for different times, which no run does today.
        flags["kappa_epochs"] = epochs
