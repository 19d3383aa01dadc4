"""Lists of names in messages."""

from collections.abc import Sequence


def some_of(names: Sequence[str], most: int = 10) -> str:
    """Returns the first names, and dots if there are more.

    >>> some_of(["sport", "weather"]), some_of(["sport", "weather"], most=1)
    ('sport, weather', 'sport, ...')
    """
    shown = ", ".join(names[:most])
    return f"{shown}, ..." if len(names) > most else shown
