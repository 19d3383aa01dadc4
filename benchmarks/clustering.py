"""Clusters unit vectors by a vMF mixture and by scikit-learn's KMeans, side by side.

    python -m benchmarks.clustering

generates 1,000,000 unit vectors of 768 dimensions from 50 von Mises-Fisher clusters,
in place in one float32 array, and fits `VonMisesFisherMixture` and KMeans (Lloyd's
algorithm) from the same starting directions. They take turns, round after round. An
iteration's time is that of a longer fit minus that of a shorter one, over the
difference of their iterations, so what is done once does not count. The table shows
medians over rounds, in seconds and in CPU seconds, which other programs on the machine
change less, and the peak of the process's memory before KMeans runs for the first time.
--profile also shows how much of an iteration the matrix products take.

The exit status is 1 if the peak exceeds 8 GiB at the default sizes or below.
"""

import time
import warnings
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score

from analysis import command_line
from benchmarks.memory import peak_memory
from tf_vmfvae.clustering import VonMisesFisherClustering
from tf_vmfvae.distributions import VonMisesFisher
from tf_vmfvae.distributions.numerics import mixture_em
from tf_vmfvae.distributions.numerics.unit_rows import UnitRows
from trainers.cli.errors import UserError

GIB_AT_MOST = 8.0
# Rows that are generated, and compared with their clusters, at a time.
BLOCK = 20_000
# Iterations of the shorter fit.
SHORT = 1


def clustered_rows(
    rows: int, dimension: int, clusters: int, kappa: float
) -> tuple[np.ndarray, np.ndarray]:
    """Returns float32 unit vectors `[rows, d]` and the cluster of each."""
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(clusters, dimension)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    owner = rng.integers(clusters, size=rows)
    samples = np.empty((rows, dimension), np.float32)
    for start in range(0, rows, BLOCK):
        part = slice(start, start + BLOCK)
        drawn = VonMisesFisher(directions[owner[part]], kappa).sample(seed=[0, start])
        samples[part] = drawn.numpy()
    return samples, owner


def fit_mixture(samples: np.ndarray, starts: np.ndarray, iterations: int) -> int:
    """Fits our mixture; returns the number of iterations."""
    found = mixture_em.fit_mixture(
        samples,
        len(starts),
        iterations=iterations,
        tolerance=0.0,
        initial_directions=starts,
    )
    return found.iterations


def fit_kmeans(samples: np.ndarray, starts: np.ndarray, iterations: int) -> int:
    """Fits scikit-learn's KMeans; returns the number of iterations."""
    kmeans = KMeans(
        len(starts),
        init=starts,
        n_init=1,
        max_iter=iterations,
        tol=0.0,
        # It centres the samples in place, and puts them back afterwards.
        copy_x=False,
        algorithm="lloyd",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return kmeans.fit(samples).n_iter_


def clocks() -> np.ndarray:
    """Returns the seconds that have passed, and the CPU seconds of this process."""
    return np.array([time.perf_counter(), time.process_time()])


def seconds_per_iteration(fit, samples, starts, iterations) -> np.ndarray:
    """Returns the seconds and CPU seconds of one iteration."""
    counts, seconds = [], []
    for limit in (SHORT, iterations):
        start = clocks()
        counts.append(fit(samples, starts, limit))
        seconds.append(clocks() - start)
    if counts[1] == counts[0]:
        raise UserError(
            f"--iterations={iterations}: the fit has converged after {counts[1]}; give "
            "a smaller --kappa or more --rows"
        )
    return (seconds[1] - seconds[0]) / (counts[1] - counts[0])


def seconds_of_products(samples: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Returns what the two matrix products of an iteration take alone."""
    data = UnitRows(samples)
    directions = tf.constant(starts, data.dtype)
    total = np.zeros(2)
    for _, rows in data.blocks(len(starts)):
        start = clocks()
        cosines = tf.matmul(rows, directions, transpose_b=True)
        tf.matmul(cosines, rows, transpose_a=True).numpy()
        total += clocks() - start
    return total


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table; returns 1 if too much memory was taken."""
    options = command_line.make_parser(
        __doc__,
        rows=(1_000_000, "number of unit vectors"),
        dimension=(768, "dimension of the vectors"),
        clusters=(50, "number of clusters"),
        kappa=(150.0, "concentration of the clusters"),
        iterations=(4, "iterations of the longer fit, at least 2"),
        rounds=(3, "rounds"),
        profile=(False, "also time the matrix products of an iteration"),
    ).parse_args(arguments)
    if options.iterations <= SHORT:
        raise UserError(f"--iterations={options.iterations}: give at least 2")
    if options.dimension < 2:
        raise UserError(f"--dimension={options.dimension}: give at least 2")
    if options.clusters > options.rows:
        raise UserError(
            f"--clusters={options.clusters}: give at most --rows={options.rows}"
        )
    samples, owner = clustered_rows(
        options.rows, options.dimension, options.clusters, options.kappa
    )
    starts = samples[: options.clusters].copy()
    print(
        f"{options.rows} x {options.dimension}, {options.clusters} clusters, kappa "
        f"{options.kappa:g}; {peak_memory():.2f} GiB with the samples",
        flush=True,
    )
    # Whatever is compiled is compiled here.
    clustering = VonMisesFisherClustering(options.clusters, random_state=1)
    first = samples[: max(BLOCK, options.clusters)]
    found = adjusted_rand_score(owner[: len(first)], clustering.fit_predict(first))
    fits = {"VonMisesFisherMixture": fit_mixture, "KMeans": fit_kmeans}
    seconds = {name: [] for name in fits}
    peak = None
    for _ in range(options.rounds):
        for name, fit in fits.items():
            seconds[name].append(
                seconds_per_iteration(fit, samples, starts, options.iterations)
            )
            peak = peak or peak_memory()
        if options.profile:
            products = seconds_of_products(samples, starts)
            seconds.setdefault("matrix products", []).append(products)
    print(f"{'an iteration':24}{'seconds':>10}{'CPU s':>10}")
    for name, values in seconds.items():
        passed, computed = np.median(values, axis=0)
        print(f"{name:24}{passed:10.3f}{computed:10.3f}")
    print(
        f"peak memory of the mixture's fit {peak:.2f} GiB; adjusted Rand index of a "
        f"fit of {len(first)} rows {found:.3f}"
    )
    return int(peak > GIB_AT_MOST)


if __name__ == "__main__":
    command_line.run(main)
