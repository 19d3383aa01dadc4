"""Tables for TensorBoard's Text dashboard."""

import re
from collections.abc import Iterable, Sequence

import tensorflow as tf


def write_table(name: str, header: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Writes a table for the default summary writer, every cell as it reads."""
    lines = [header, ("---",) * len(header)]
    lines += [[_literal(str(cell)) for cell in row] for row in rows]
    tf.summary.text(name, "\n".join(f"| {' | '.join(line)} |" for line in lines))


def _literal(text):
    """Markdown that shows `text` as it is; `<unk>` would vanish as an HTML tag."""
    one_line = " ".join(text.split())
    return re.sub(r"[^\w\s]|_", lambda match: f"&#{ord(match[0])};", one_line)
