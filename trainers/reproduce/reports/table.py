"""A table."""

import dataclasses
from collections.abc import Mapping, Sequence

from trainers.reproduce.reports.markdown import escape


@dataclasses.dataclass(frozen=True)
class Table:
    """A table, to be shown in Markdown and saved in JSON.

    Attributes:
        columns: maps the name of each column to the format of its numbers.
        rows: the rows, each with text, a number or `None` for each column. Text is
            shown as it is unless it is `Markdown`.
        title: a line above it, likewise.

    >>> table = Table({"model": "", "PPL": ".1f"}, [["LSTM", 91.234], ["vMF", None]])
    >>> print(table.markdown())
    | model | PPL |
    |---|---|
    | LSTM | 91.2 |
    | vMF |  |
    """

    columns: Mapping[str, str]
    rows: Sequence[Sequence]
    title: str = ""

    def markdown(self) -> str:
        """Returns it in Markdown, the title in front."""
        formats = self.columns.values()
        lines = [list(self.columns)]
        for row in self.rows:
            cells = zip(row, formats, strict=True)
            lines.append([_shown(value, spec) for value, spec in cells])
        text = [f"| {' | '.join(line)} |" for line in lines]
        text.insert(1, "|" + "---|" * len(self.columns))
        return "\n".join([*([escape(self.title), ""] if self.title else []), *text])

    def as_dict(self) -> dict:
        """Returns it for JSON."""
        names = list(self.columns)
        rows = [dict(zip(names, row, strict=True)) for row in self.rows]
        return {"title": self.title, "rows": rows}


def _shown(value, spec):
    if value is None:
        return ""
    if isinstance(value, str):
        return escape(value)
    shown = format(value, spec)
    # A small negative number that is rounded to zero has no sign.
    return shown if shown.strip("-0.") else shown.lstrip("-")
