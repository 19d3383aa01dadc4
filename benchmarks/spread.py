"""How tables show several measurements of one figure."""

import statistics
from collections.abc import Sequence


def mean_and_spread(values: Sequence[float], form: str) -> str:
    """Returns the mean with the standard deviation; of a single value, the value.

    >>> mean_and_spread([1.0, 2.0], ".1f"), mean_and_spread([1.0], ".1f")
    ('1.5 ± 0.7', '1.0')
    """
    mean = format(statistics.fmean(values), form)
    if len(values) == 1:
        return mean
    return f"{mean} ± {statistics.stdev(values):{form}}"
