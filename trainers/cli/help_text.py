"""The text that --help prints."""

import textwrap
from collections.abc import Iterable, Mapping

WIDTH = 88
# Where the texts begin. A longer flag has a line to itself.
COLUMN = 29


def help_text(doc: str, groups: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """Returns a program's description and its flags, group by group.

    Args:
        doc: the description.
        groups: maps the title of a group to its flags, each as its name with the kind
            of value it takes, and its text.

    >>> text = "Number of epochs. Default: 6."
    >>> print(help_text("Trains.", {"Training": [("--epochs=INTEGER", text)]}))
    Trains.
    <BLANKLINE>
    Training:
      --epochs=INTEGER           Number of epochs. Default: 6.
    """
    lines = [doc.strip()]
    for title, flags in groups.items():
        lines += ["", f"{title}:"]
        for name, text in flags:
            lines += _entry(name, text)
    return "\n".join(lines)


def _entry(name, text):
    head = f"  {name}".ljust(COLUMN)
    indent = " " * COLUMN
    # Flags and file names are not broken at their hyphens.
    body = textwrap.wrap(text, WIDTH - COLUMN, break_on_hyphens=False)
    if head.endswith("  "):
        return [head + body[0], *(indent + line for line in body[1:])]
    return [head.rstrip(), *(indent + line for line in body)]
