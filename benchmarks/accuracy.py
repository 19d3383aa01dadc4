"""Prints the worst errors of the distribution's statistics, compared with TFP's.

    python -m benchmarks.accuracy

Each statistic is compared with mpmath at 60 digits over a grid of dimensions from 2 to
100,000 and concentrations from 1e-6 to 1e7, and at random points in between. Errors are
relative; for the entropy and the log-normaliser, relative or absolute, whichever is
smaller. The exit status is 1 if an error of ours is larger than promised: 1e-6 in
float32, 1e-12 in float64.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow_probability as tfp

from analysis import command_line
from tests.reference.von_mises_fisher import PROMISE, worst_errors
from tf_vmfvae import distributions

tfd = tfp.distributions

DIMENSIONS = (2, 3, 4, 5, 10, 25, 50, 51, 52, 100, 200, 512, 1000, 10_000, 100_000)
CONCENTRATIONS = (*(10.0**p for p in range(-6, 8)), 24.9, 25.1, 35.0, 80.0, 150.0)
RANDOM_POINTS = 30


def points_of_comparison(seed: int = 0) -> list[tuple[int, list[float]]]:
    """Returns dimensions and concentrations: the grid, then random points."""
    rng = np.random.default_rng(seed)
    random = [
        (round(2 * 50_000 ** rng.uniform()), [float(10 ** rng.uniform(-6, 7))])
        for _ in range(RANDOM_POINTS)
    ]
    return [(d, list(CONCENTRATIONS)) for d in DIMENSIONS] + random


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; returns 1 if an error is larger than promised."""
    command_line.make_parser(__doc__).parse_args(arguments)
    points = points_of_comparison()
    broken = False
    print(f"{'':25}{'dtype':9}{'ours':>9}  {'worst at':24}{'TFP':>9}  worst at")
    for dtype, promise in PROMISE.items():
        ours = worst_errors(distributions.VonMisesFisher, dtype, points)
        theirs = worst_errors(tfd.VonMisesFisher, dtype, points)
        for name, (error, dimension, kappa) in ours.items():
            broken |= error > promise
            mark = "" if error <= promise else f"  above {promise:.0e}"
            there, at, k = theirs[name]
            print(
                f"{name:25}{dtype.name:9}{error:9.1e}  "
                f"{f'd={dimension}, kappa={kappa:.4g}':24}"
                f"{there:9.1e}  d={at}, kappa={k:.4g}{mark}"
            )
    return int(broken)


if __name__ == "__main__":
    command_line.run(main)
