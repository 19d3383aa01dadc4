"""Writes the files of an experiment: NAME.md, NAME.json and NAME.png."""

import math
from pathlib import Path

from trainers.reproduce.reports.report import Report
from trainers.storage.atomic_file import atomic_file
from trainers.storage.json_file import write_object

# Panels of a figure side by side; with more, their text is too small on a page.
PER_ROW = 2


def write_report(report: Report, folder: Path, name: str, about: dict) -> list[Path]:
    """Writes the files.

    Args:
        report: the results.
        folder: where to write them.
        name: the experiment's name.
        about: what NAME.json holds besides the results. Its "title" is the heading of
            NAME.md; "about_scale" comes below, unless it is empty.

    Returns:
        The paths of the files.

    Raises:
        OSError: if one cannot be written.
    """
    parts = [f"# {about['title']}"]
    if about["about_scale"]:
        parts.append(about["about_scale"])
    parts += [table.markdown() for table in report.tables]
    if report.panels:
        parts.append(f"![{about['title']}]({name}.png)")
    parts += [f"* {note}" for note in report.notes]
    files = [folder / f"{name}.json", folder / f"{name}.md"]
    tables = [table.as_dict() for table in report.tables]
    write_object(files[0], {**about, "tables": tables, "notes": [*report.notes]})
    if report.panels:
        files.append(folder / f"{name}.png")
        _draw(report.panels, files[-1])
    # Last, because it shows the figure.
    with atomic_file(files[1]) as partial:
        partial.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return files


def _draw(panels, file):
    # Importing it takes a while, and --help does not need it.
    import matplotlib.figure

    columns = min(len(panels), PER_ROW)
    rows = math.ceil(len(panels) / columns)
    size = (4.8 * columns, 3.8 * rows)
    figure = matplotlib.figure.Figure(figsize=size, layout="constrained")
    for place, panel in enumerate(panels, start=1):
        axes = figure.add_subplot(rows, columns, place)
        axes.spines[["top", "right"]].set_visible(False)
        panel.draw(axes)
    with atomic_file(file) as partial:
        figure.savefig(partial, dpi=150, format="png")
