"""Curves in one pair of axes."""

import dataclasses
from collections.abc import Mapping, Sequence

COLOURS = ("#33475b", "#c2571a", "#4f8a5b", "#8a6db1")


@dataclasses.dataclass(frozen=True)
class Curves:
    """Curves in one pair of axes. Points whose y is `None` are left out.

    Attributes:
        x: label of the horizontal axis.
        y: label of the vertical axis.
        measured: maps the label of each curve to its x and y.
        paper: the same for curves of the paper. Those with the label of a measured
            curve have its colour; all are dashed.
    """

    x: str
    y: str
    measured: Mapping[str, tuple[Sequence, Sequence]]
    paper: Mapping[str, tuple[Sequence, Sequence]] = dataclasses.field(
        default_factory=dict
    )

    def draw(self, axes) -> None:
        """Draws them in Matplotlib's axes."""
        labels = list(self.measured)
        labels += [label for label in self.paper if label not in labels]
        colours = {
            label: COLOURS[place % len(COLOURS)] for place, label in enumerate(labels)
        }
        for label, curve in self.measured.items():
            axes.plot(*_points(curve), "o-", ms=3, color=colours[label], label=label)
        for label, curve in self.paper.items():
            name = f"{label}, paper"
            axes.plot(*_points(curve), "--", color=colours[label], label=name)
        axes.set(xlabel=self.x, ylabel=self.y)
        if all(isinstance(x, int) for xs, _ in self.measured.values() for x in xs):
            axes.xaxis.get_major_locator().set_params(integer=True)
        # Above the axes, where it cannot hide a curve.
        axes.legend(
            frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=2
        )


def _points(curve):
    points = [(x, y) for x, y in zip(*curve, strict=True) if y is not None]
    return [x for x, _ in points], [y for _, y in points]
