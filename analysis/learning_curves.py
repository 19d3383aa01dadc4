"""Draws the validation KL and perplexity of several runs, epoch by epoch.

    python -m analysis.learning_curves --output_dir=figures \
        --run="kappa 40"=runs/fixed --run="kappa learned, 40 at first"=runs/learned

writes learning_curves.png. Runs have colours in the order in which they are named. Runs
whose labels agree up to the first comma share a colour; the second is dashed.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib.figure

from analysis import command_line
from analysis.command_line import UserError

COLOURS = ("#33475b", "#c2571a", "#4f8a5b", "#8a6db1", "#b0a030")
QUANTITIES = ("val_kl", "val_ppl", "val_code_gain")


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the runs, prints how they end and draws the figure."""
    parser = command_line.make_parser(__doc__, **command_line.OUTPUT_DIR)
    parser.add_argument(
        "--run", action="append", required=True, metavar="LABEL=FOLDER", help="a run"
    )
    options = parser.parse_args(arguments)
    command_line.make_output_dir(options.output_dir)
    curves = {run.partition("=")[0]: read_curves(run) for run in options.run}
    for label, curve in curves.items():
        last = ", ".join(f"{curve[name][-1]:.2f}" for name in QUANTITIES)
        print(f"{label}: KL, PPL, code gain at the end: {last}")
    draw(curves).savefig(options.output_dir / "learning_curves.png", dpi=150)


def read_curves(run: str) -> dict[str, list[float]]:
    """Reads what a run measured after each epoch.

    Args:
        run: a value of --run, LABEL=FOLDER.

    Returns:
        Maps each of `QUANTITIES` to its values.

    Raises:
        UserError: if the folder does not hold a finished run.
    """
    file = Path(run.partition("=")[2]) / "metrics.json"
    try:
        history = json.loads(file.read_text(encoding="utf-8"))["history"]
        curves = {name: [epoch[name] for epoch in history] for name in QUANTITIES}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"--run={run}: {file}: {error}; name a finished run") from error
    if not history:
        raise UserError(f"--run={run}: {file}: has no epoch; name a finished run")
    return curves


def draw(
    curves: Mapping[str, Mapping[str, Sequence[float]]],
) -> matplotlib.figure.Figure:
    """Draws the curves of runs, given by label."""
    figure = matplotlib.figure.Figure(figsize=(9, 3.4), layout="constrained")
    panels = figure.subplots(1, 2)
    groups = []
    for label, curve in curves.items():
        group = label.partition(",")[0]
        line = "--" if group in groups else "-"
        if group not in groups:
            groups.append(group)
        colour = COLOURS[groups.index(group) % len(COLOURS)]
        for axes, name in zip(panels, ("val_kl", "val_ppl"), strict=True):
            epochs = range(1, len(curve[name]) + 1)
            axes.plot(epochs, curve[name], color=colour, linestyle=line, label=label)
    for axes, name in zip(panels, ("KL, nats", "PPL"), strict=True):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set(xlabel="epoch", ylabel=name)
    panels[0].set_ylim(bottom=0)
    panels[1].legend(frameon=False, fontsize=8)
    return figure


if __name__ == "__main__":
    command_line.run(main)
