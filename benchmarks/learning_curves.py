"""KL and perplexity on validation, epoch by epoch, of runs beside each other.

    python -m benchmarks.learning_curves --output=curves.png \
        --run="kappa 40"=runs/fixed --run="kappa learned, 40 at first"=runs/learned

Colours go by run, in the order in which they are named; a run whose label begins as
another's does up to its comma shares its colour, and is drawn with dashes.
"""

import argparse
import json
import sys
from pathlib import Path

import matplotlib.figure

COLOURS = ("#33475b", "#c2571a", "#4f8a5b", "#8a6db1", "#b0a030")


def main() -> int:
    """Reads the runs, draws the figure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--run", action="append", required=True, metavar="LABEL=FOLDER")
    parser.add_argument("--output", type=Path, required=True, help="a PNG file")
    options = parser.parse_args()
    figure = matplotlib.figure.Figure(figsize=(9, 3.4), layout="constrained")
    panels = figure.subplots(1, 2)
    drawn = []
    for run in options.run:
        label, _, folder = run.partition("=")
        file = Path(folder) / "metrics.json"
        try:
            history = json.loads(file.read_text(encoding="utf-8"))["history"]
        except (OSError, ValueError, KeyError) as error:
            parser.error(f"--run={run}: {file}: {error}; name a run that has ended")
        epochs = range(1, len(history) + 1)
        group = label.partition(",")[0]
        line = "--" if group in drawn else "-"
        if group not in drawn:
            drawn.append(group)
        colour = COLOURS[drawn.index(group) % len(COLOURS)]
        style = {"color": colour, "linestyle": line, "label": label}
        for axes, quantity in zip(panels, ("val_kl", "val_ppl"), strict=True):
            axes.plot(epochs, [epoch[quantity] for epoch in history], **style)
        last = history[-1]
        found = [f"{last['val_' + name]:.2f}" for name in ("kl", "ppl", "code_gain")]
        print(f"{label}: KL, PPL, code gain at the end: {', '.join(found)}")
    for axes, name in zip(panels, ("KL, nats", "PPL"), strict=True):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set(xlabel="epoch", ylabel=name)
    panels[0].set_ylim(bottom=0)
    panels[1].legend(frameon=False, fontsize=8)
    figure.savefig(options.output, dpi=150)
    return 0


if __name__ == "__main__":
    sys.exit(main())
