"""Tables for TensorBoard's Text dashboard."""

import re
from collections.abc import Iterable, Sequence

import tensorflow as tf


def write_table(name: str, header: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Writes a table to the default summary writer and escapes the cells' Markdown."""
    lines = [header, ("---",) * len(header)]
    lines += [[_escaped(str(cell)) for cell in row] for row in rows]
    tf.summary.text(name, "\n".join(f"| {' | '.join(line)} |" for line in lines))


def _escaped(text):
    """Returns Markdown that shows `text` literally; `<unk>` would vanish as a tag."""
    one_line = " ".join(text.split())
    return re.sub(r"[^\w\s]|_", lambda match: f"&#{ord(match[0])};", one_line)
