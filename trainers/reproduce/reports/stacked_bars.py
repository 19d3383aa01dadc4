"""Stacked bars in one pair of axes."""

import dataclasses
from collections.abc import Mapping, Sequence

from trainers.reproduce.reports.curves import COLOURS


@dataclasses.dataclass(frozen=True)
class StackedBars:
    """Stacked bars in one pair of axes. Bars with a part `None` are left out.

    Attributes:
        y: label of the vertical axis.
        bars: the labels of the bars.
        parts: maps the label of each part to its height in each bar, from below.
    """

    y: str
    bars: Sequence[str]
    parts: Mapping[str, Sequence[float | None]]

    def draw(self, axes) -> None:
        """Draws them in Matplotlib's axes."""
        whole = [
            place
            for place in range(len(self.bars))
            if all(heights[place] is not None for heights in self.parts.values())
        ]
        bars = [self.bars[place] for place in whole]
        below = [0.0] * len(whole)
        for (label, heights), colour in zip(self.parts.items(), COLOURS, strict=False):
            own = [heights[place] for place in whole]
            axes.bar(bars, own, bottom=below, color=colour, label=label)
            below = [a + b for a, b in zip(below, own, strict=True)]
        axes.set_ylabel(self.y)
        axes.set_ylim(0, 1.1 * max(below, default=1.0))
        # With the end of each label below its bar.
        for label in axes.get_xticklabels():
            label.set(rotation=30, horizontalalignment="right", rotation_mode="anchor")
        axes.legend(frameon=False, fontsize=8)
