"""The defaults of flags that depend on other flags, for the run and for --help."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any


@dataclasses.dataclass(frozen=True)
class Derived:
    """A default that depends on other flags.

    Attributes:
        words: how --help states it.
        of: returns the default, given the value of every flag. Without it the flag
            stays `None`, and whatever reads the flag decides.
    """

    words: str
    of: Callable[[dict], Any] | None = None

    def __str__(self) -> str:
        return self.words


@dataclasses.dataclass(frozen=True)
class Default:
    """Default values of flags, and for which values of other flags they apply.

    Attributes:
        values: maps a flag's name to its default.
        where: maps other flags' names to the values for which `values` apply, or to
            `GIVEN`. All of these conditions have to hold; without any, `values` always
            apply.
    """

    values: dict[str, Any]
    where: dict[str, Sequence] = dataclasses.field(default_factory=dict)

    def holds(self, settings: dict, given: Iterable[str]) -> bool:
        """Returns whether these defaults apply.

        Args:
            settings: the flags' values by name.
            given: the names of the flags that the user gave.
        """
        return all(
            name in given if values is GIVEN else settings[name] in values
            for name, values in self.where.items()
        )


# In `Default.where`: the user has given the flag, with whatever value.
GIVEN = ("given",)


def fill_in(defaults: Sequence[Default], given: dict) -> dict:
    """Returns the values of all flags that `given` or `defaults` name.

    Args:
        defaults: if two apply, the later one counts.
        given: maps the flags that the user gave to their values.

    >>> defaults = [
    ...     Default({"dataset": "small", "epochs": 6}),
    ...     Default({"epochs": 9}, {"dataset": ["large"]}),
    ...     Default({"anneal_epochs": Derived("half", lambda s: s["epochs"] / 2)}),
    ... ]
    >>> fill_in(defaults, {"dataset": "large"})
    {'dataset': 'large', 'epochs': 9, 'anneal_epochs': 4.5}
    """
    settings = dict(given)
    for default in defaults:
        if default.holds(settings, given):
            settings.update({k: v for k, v in default.values.items() if k not in given})
    return {name: _derived(value, settings) for name, value in settings.items()}


def describe(defaults: Iterable[Default], name: str) -> str:
    """Returns the defaults of one flag as --help states them.

    >>> defaults = [
    ...     Default({"epochs": 6}),
    ...     Default({"epochs": 9}, {"dataset": ["ptb", "yelp"]}),
    ...     Default({"epochs": 3}, {"dataset": ["ptb"], "setting": ["inputless"]}),
    ... ]
    >>> describe(defaults, "epochs")
    'Default: 6; 9 (ptb, yelp); 3 (ptb with --setting=inputless).'

    Raises:
        KeyError: if it has none.
    """
    own = [default for default in defaults if name in default.values]
    if not own:
        raise KeyError(f"--{name} has no default; give it one where it is defined")
    clauses = []
    for place, default in enumerate(own):
        where = dict(default.where)
        if list(where) == ["dataset"]:
            # A corpus is named once, with the default that counts.
            later = [other.where for other in own[place + 1 :]]
            replaced = {
                x for w in later if list(w) == ["dataset"] for x in w["dataset"]
            }
            where["dataset"] = [x for x in where["dataset"] if x not in replaced]
        clauses.append(shown(default.values[name]) + _describe_where(where))
    return f"Default: {'; '.join(clauses)}."


def shown(value: Any) -> str:
    """Returns a flag's value as --help shows it.

    >>> shown(0.5), shown(True), shown(None)
    ('0.5', 'true', 'none')
    """
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _derived(value, settings):
    if not isinstance(value, Derived):
        return value
    return value.of(settings) if value.of else None


def _describe_where(where):
    corpora = ", ".join(where.get("dataset", ()))
    flags = [item for item in where.items() if item[0] != "dataset"]
    given = [f" if --{name} is given" for name, values in flags if values is GIVEN]
    others = [_with_value(*item) for item in flags if item[1] is not GIVEN]
    words = "".join(given)
    if others:
        listed = ", ".join(others[:-1]), others[-1]
        words += f" with {' and '.join(filter(None, listed))}"
    return f" ({corpora}{words})" if corpora else words


def _with_value(name, values):
    if list(values) == [True]:
        return f"--{name}"
    return f"--{name}={'|'.join(map(str, values))}"
