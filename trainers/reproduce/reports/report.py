"""The results of an experiment."""

import dataclasses
from collections.abc import Sequence

from trainers.reproduce.reports.curves import Curves
from trainers.reproduce.reports.stacked_bars import StackedBars
from trainers.reproduce.reports.table import Table


@dataclasses.dataclass(frozen=True)
class Report:
    """The results of an experiment.

    Attributes:
        tables: its tables.
        panels: the parts of its figure, side by side; none if it has no figure.
        notes: sentences that a reader of the tables has to know.
    """

    tables: Sequence[Table]
    panels: Sequence[Curves | StackedBars] = ()
    notes: Sequence[str] = ()
