"""The results of all runs: a CSV file, which runs on several machines can fill."""

import collections
import csv
import os
import statistics
from collections.abc import Iterable
from pathlib import Path

from benchmarks.sentence_codes.systems import SYSTEMS
from benchmarks.spread import mean_and_spread
from trainers.cli.errors import UserError

# What tells one run from another.
KEY = ("stage", "corpus", "setting", "hidden_dim", "system", "flags", "seed")
# Column of the table -> column of the file, and how it is printed.
SHOWN = {
    "validation PPL": ("validation_ppl", ".1f"),
    "NLL": ("nll", ".2f"),
    "PPL": ("ppl", ".1f"),
    "NLL, IW": ("nll_iw", ".2f"),
    "PPL, IW": ("ppl_iw", ".1f"),
    "KL": ("kl", ".2f"),
    "MI": ("mutual_information", ".2f"),
    "active units": ("active_units", ".0f"),
    "code gain": ("code_gain", ".1f"),
    "BLEU": ("reconstruction_bleu", ".3f"),
    "self-BLEU": ("self_bleu", ".3f"),
    "forward PPL": ("forward_ppl", ".1f"),
    "minutes": ("training_minutes", ".0f"),
}
FIELDS = (*KEY, *(field for field, _ in SHOWN.values()))


def read(file: Path) -> list[dict[str, str]]:
    """Returns the rows of the file; none if it is not there.

    Raises:
        UserError: if it cannot be read or has other columns.
    """
    if not file.exists():
        return []
    try:
        with file.open(newline="", encoding="utf-8") as opened:
            reader = csv.DictReader(opened)
            rows = list(reader)
    except (OSError, UnicodeError, csv.Error) as error:
        raise UserError(f"--results={file}: cannot be read ({error})") from error
    if tuple(reader.fieldnames or ()) != FIELDS:
        raise UserError(
            f"--results={file}: its columns are not those of this program; give another"
        )
    return rows


def append(file: Path, row: dict) -> None:
    """Adds a row at the end, in one piece, so that other processes may do so too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, FIELDS, lineterminator="\n")
        if os.fstat(opened.fileno()).st_size == 0:
            writer.writeheader()
        writer.writerow({name: _written(row.get(name)) for name in FIELDS})


def key_of(row: dict) -> tuple[str, ...]:
    """Returns what tells the run of a row from others."""
    return tuple(str(row[name]) for name in KEY)


def best_variant(rows: Iterable[dict], corpus: str, setting: str, system: str) -> str:
    """Returns the flags of a system's best tuning run, by the validation set.

    Args:
        rows: as `read` returns them.
        corpus: the corpus.
        setting: standard or inputless.
        system: key of `SYSTEMS`.

    Raises:
        UserError: if one of its tuning runs is missing.
    """
    named = {named_flags(variant) for variant in SYSTEMS[system].variants(setting)}
    if len(named) == 1:
        return named.pop()
    where = "tuning", corpus, setting, system
    names = "stage", "corpus", "setting", "system"
    found = collections.defaultdict(list)
    for row in rows:
        if tuple(row[name] for name in names) == where and row["flags"] in named:
            found[row["flags"]].append(float(row["validation_ppl"]))
    if found.keys() != named:
        raise UserError(
            f"--systems: {system} has {len(found)} of {len(named)} tuning runs on "
            f"{corpus}, {setting}; make them first, with --tuning"
        )
    return min(found, key=lambda flags: statistics.fmean(found[flags]))


def named_flags(variant: dict) -> str:
    """Returns flags in one piece of text.

    >>> named_flags({"latent": "vmf", "kappa": 40.0})
    'latent=vmf kappa=40'
    """
    return " ".join(f"{name}={_written(value)}" for name, value in variant.items())


def markdown(rows: Iterable[dict]) -> str:
    """Returns a table in Markdown for each stage, corpus, setting and size.

    Figures are means over the seeds, with standard deviations.
    """
    tables = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        where = *(row[name] for name in KEY[:3]), int(row["hidden_dim"])
        tables[where][row["system"], row["flags"]].append(row)
    parts = []
    for (stage, corpus, setting, size), systems in sorted(tables.items()):
        lines = [["code", "flags", "seeds", *SHOWN]]
        lines.append(["---"] * len(lines[0]))
        order = list(SYSTEMS)
        for (system, flags), own in sorted(
            systems.items(), key=lambda item: order.index(item[0][0])
        ):
            cells = [_cell(own, *column) for column in SHOWN.values()]
            lines.append([SYSTEMS[system].name, f"`{flags}`", str(len(own)), *cells])
        text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        title = f"{corpus}, {setting}, LSTMs of {size}"
        parts.append(f"{title}{', tuning' if stage == 'tuning' else ''}\n\n{text}")
    return "\n\n".join(parts)


def _cell(rows, field, form):
    values = [float(row[field]) for row in rows if row[field] != ""]
    return mean_and_spread(values, form) if values else ""


def _written(value):
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else str(value)
