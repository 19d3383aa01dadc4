"""Compares the speed of sampling: ours, TFP's, SciPy's and a Gaussian's.

    python -m benchmarks.sampling

Each contestant draws one code for each row of a batch of mean directions. They take
turns, round after round, so whatever slows the machine slows all of them. The table
shows the median over rounds in milliseconds. "jit" is the same function under XLA. The
Gaussians have the same shape: TFP's `Normal` with a Python seed, and XLA's fastest
stateless generator (threefry, which only XLA runs). SciPy draws from one mean direction
only, on the CPU, in float64. Of our other distributions, the power spherical one has
the same kappa and the spherical Cauchy one the same KL to the uniform distribution.

The exit status is 1 if a target is missed:

* XLA, (4096, 50), kappa 80: at least 4 times as fast as TFP, and at most 1.15 times
  as long as TFP's Gaussian;
* XLA, (4096, 50), a kappa for each example: at least twice as fast as TFP;
* never slower than TFP, 3 dimensions included, with 10 % allowed for noise.
"""

import functools
import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp
from scipy import stats

from analysis import command_line
from tf_vmfvae import distributions

tfd = tfp.distributions

SHAPES = ((64, 50), (4096, 25), (4096, 50), (4096, 200), (65536, 50), (4096, 3))
KAPPA = 80.0
NOISE = 1.1


def contestants(batch: int, dimension: int) -> dict[str, Callable[[], tf.Tensor]]:
    """Returns functions that draw once, already compiled; keys end in plain or jit."""
    rng = np.random.default_rng(0)
    mean = rng.normal(size=(batch, dimension))
    mean = (mean / np.linalg.norm(mean, axis=-1, keepdims=True)).astype(np.float32)
    mean_direction = tf.constant(mean)
    varied = tf.constant(rng.uniform(20, 140, batch).astype(np.float32))
    seed = tf.Variable([1, 0], dtype=tf.int32)

    nats = distributions.kl_to_uniform(dimension, KAPPA)
    rho = float(distributions.SphericalCauchy.concentration_of_kl(dimension, nats))

    def fixed(family, concentration=KAPPA):
        return lambda mu, kappa, s: family(mu, concentration).sample(seed=s)

    def each(family):
        return lambda mu, kappa, s: family(mu, kappa).sample(seed=s)

    draws = {
        "ours": fixed(distributions.VonMisesFisher),
        "TFP": fixed(tfd.VonMisesFisher),
        "ours, kappa each": each(distributions.VonMisesFisher),
        "TFP, kappa each": each(tfd.VonMisesFisher),
        "power spherical": fixed(distributions.PowerSpherical),
        "spherical Cauchy": fixed(distributions.SphericalCauchy, rho),
        "Gaussian, TFP": lambda mu, kappa, s: tfd.Normal(mu, 1.0).sample(seed=1),
        "Gaussian, threefry": lambda mu, kappa, s: (
            mu + tf.random.stateless_normal([batch, dimension], s, alg="threefry")
        ),
    }
    functions = {}
    for name, draw in draws.items():
        for mode in ("plain", "jit"):
            if mode == "plain" and "threefry" in name:
                continue
            compiled = tf.function(draw, jit_compile=mode == "jit", autograph=False)

            def once(compiled=compiled):
                seed.assign_add([0, 1])
                return compiled(mean_direction, varied, seed.value()).numpy()

            functions[f"{name}, {mode}"] = once
    scipy_vmf = stats.vonmises_fisher(mean[0].astype(np.float64), KAPPA)
    functions["SciPy, plain"] = functools.partial(scipy_vmf.rvs, batch, rng)
    for once in functions.values():
        once()
    return functions


def median_times(functions: dict[str, Callable], rounds: int) -> dict[str, float]:
    """Returns the median time of each function in milliseconds."""
    times = {name: [] for name in functions}
    for _ in range(rounds):
        for name, once in functions.items():
            start = time.perf_counter()
            once()
            times[name].append(time.perf_counter() - start)
    return {name: 1e3 * statistics.median(values) for name, values in times.items()}


def missed_targets(shape: tuple[int, int], times: dict[str, float]) -> list[str]:
    """Returns the targets that the times of a shape miss, one per line."""
    missed = []
    for kind in ("", ", kappa each"):
        for mode in ("plain", "jit"):
            ours, tfps = times[f"ours{kind}, {mode}"], times[f"TFP{kind}, {mode}"]
            factor = 1 / NOISE
            if shape == (4096, 50) and mode == "jit":
                factor = 2.0 if kind else 4.0
            if ours * factor > tfps:
                missed.append(
                    f"ours{kind}, {mode}: {tfps / ours:.2f} times TFP's speed"
                )
    if shape == (4096, 50):
        ratio = times["ours, jit"] / times["Gaussian, TFP, jit"]
        if ratio > 1.15:
            missed.append(f"ours, jit: {ratio:.2f} times as long as a Gaussian")
    return missed


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table; returns 1 if a target is missed."""
    parser = command_line.make_parser(__doc__, rounds=(30, "rounds"))
    rounds = parser.parse_args(arguments).rounds
    # TensorFlow warns of many traces, but each contestant is traced only once.
    tf.get_logger().setLevel("ERROR")
    missed = []
    for shape in SHAPES:
        times = median_times(contestants(*shape), rounds)
        print(f"\n{shape[0]} x {shape[1]}, kappa {KAPPA:g}; milliseconds a draw")
        print(f"{'':20}{'plain':>9}{'jit':>9}")
        for name in dict.fromkeys(key.rpartition(", ")[0] for key in times):
            cells = (times.get(f"{name}, {mode}") for mode in ("plain", "jit"))
            texts = ("-" if cell is None else f"{cell:.2f}" for cell in cells)
            print(f"{name:20}" + "".join(f"{text:>9}" for text in texts), flush=True)
        missed += [f"{shape}: {line}" for line in missed_targets(shape, times)]
    print("\n" + ("\n".join(["missed:", *missed]) if missed else "every target is met"))
    return int(bool(missed))


if __name__ == "__main__":
    command_line.run(main)
