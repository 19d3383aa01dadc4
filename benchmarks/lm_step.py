"""Compares the speed of a language model's training step with PyTorch's.

    python -m benchmarks.lm_step --peer_python=PYTHON
    python -m benchmarks.lm_step --vocabulary_size=50000 --softmax=adaptive

The peer is benchmarks/torch_nvrnn.py, run by a Python that has PyTorch: embeddings of
100, LSTMs of 400, a code of 50, Adam, no padding, words by Zipf's law. With
`--softmax=adaptive` it takes PyTorch's AdaptiveLogSoftmaxWithLoss with our cutoffs. The
two take turns, so whatever slows the machine slows both; medians over rounds are
printed. Without a peer, only our step is timed. `--profile` shows how long each part of
our step takes, and how close it comes to the machine's speed for matrix products.

On a machine that other programs share, compare CPU seconds on one thread each:
OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1.
"""

import pathlib
import re
import statistics
import subprocess
import time
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from analysis import command_line
from analysis.command_line import UserError
from benchmarks.memory import peak_memory
from benchmarks.parts import random_tensors, with_gradients
from tf_vmfvae import layers, models
from tf_vmfvae.ops.lstm_sequence import lstm_sequence
from tf_vmfvae.ops.softmax_nll import softmax_nll
from tf_vmfvae.ops.streams import STREAMS
from trainers.devices.hardware import keep_memory, share_threads
from trainers.training.step import TrainingStep

EMBEDDING, HIDDEN, CODE, KAPPA = 100, 400, 50, 80.0
PEER = pathlib.Path(__file__).with_name("torch_nvrnn.py")


class Ours:
    """The training step of `trainers.lm` on random sentences."""

    def __init__(self, options, precision="float32"):
        keras.config.set_dtype_policy(precision)
        self.shape = options.batch_size, options.steps
        vocabulary = [f"word{i}" for i in range(options.vocabulary_size - 2)]
        strategy = tf.distribute.OneDeviceStrategy("CPU:0")
        with strategy.scope():
            self.model = models.NVRNN(
                vocabulary,
                layers.VonMisesFisherLatent(CODE, kappa=KAPPA, seed=1),
                embedding_dim=EMBEDDING,
                hidden_dim=HIDDEN,
                dropout=0.0,
                tie_embeddings=False,
                softmax_cutoffs=cutoffs(options),
                seed=1,
            )
            self.optimizer = keras.optimizers.Adam(1e-3)
            self.optimizer.build(self.model.trainable_variables)
        self.step = TrainingStep(self.model, self.optimizer, strategy, 5.0, "auto")
        rng = np.random.default_rng(0)
        shares = zipf_counts(options)
        shares = shares / shares.sum()
        words = rng.choice(options.vocabulary_size, self.shape, p=shares)
        self.ids = tf.constant(words + 1, tf.int32)

    def run(self):
        return self.step(self.ids)["reconstruction"]


def zipf_counts(options) -> np.ndarray:
    """Returns how often each word occurs by Zipf's law, up to a factor."""
    return 1.0 / np.arange(1, options.vocabulary_size + 1)


def cutoffs(options) -> list[int] | None:
    """Returns the cutoffs of the adaptive softmax, `None` for the full one."""
    if options.softmax == "full":
        return None
    rows = options.batch_size * options.steps
    return layers.softmax_cutoffs(zipf_counts(options), HIDDEN, rows)


def milliseconds(call, repeats: int) -> tuple[float, float]:
    """Returns the median wall-clock and CPU time of a call that returns a scalar."""
    for _ in range(2):
        float(call())
    times = []
    for _ in range(repeats):
        start, cpu_start = time.perf_counter(), time.process_time()
        float(call())
        times.append((time.perf_counter() - start, time.process_time() - cpu_start))
    wall, cpu = (1e3 * statistics.median(column) for column in zip(*times, strict=True))
    return wall, cpu


def peer_milliseconds(options, mode: str) -> tuple[float, float] | None:
    """Returns the median times of the peer's step; `None` if it cannot run here."""
    command = [options.peer_python, str(PEER), f"--modes={mode}"]
    command += [f"--batch={options.batch_size}", f"--steps={options.steps}"]
    command += [f"--vocabulary={options.vocabulary_size}"]
    command += [f"--cutoffs={','.join(map(str, cutoffs(options) or []))}"]
    command += [f"--repeats={options.repeats}"]
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"([\d.]+) ms, ([\d.]+) CPU ms", done.stdout)
    if not found:
        reason = done.stderr.strip().splitlines() or ["it printed nothing"]
        print(f"the peer's {mode} step does not run here: {reason[-1]}")
        return None
    return float(found[1]), float(found[2])


def compare(options, precision: str) -> None:
    """Prints the words per second of both, their CPU time and the ratios."""
    before = peak_memory()
    ours, words = Ours(options, precision), options.batch_size * options.steps
    mode = {"float32": "fp32", "mixed_bfloat16": "bf16"}[precision]
    own, other, peer = [], [], options.peer_python
    for _ in range(options.rounds):
        own.append(milliseconds(ours.run, options.repeats))
        taken = peer_milliseconds(options, mode) if peer else None
        if taken is None:
            # If it does not run once, it need not be tried again.
            peer = None
        else:
            other.append(taken)
    print(
        f"{precision}, batch {options.batch_size}, vocabulary "
        f"{options.vocabulary_size}, {options.softmax} softmax {cutoffs(options) or ''}"
        f" (medians of {options.rounds} rounds)"
    )
    print(f"  ours: {_rate(own, words)}")
    if other:
        wall, cpu = (
            statistics.median(b[i] / a[i] for a, b in zip(own, other, strict=True))
            for i in (0, 1)
        )
        print(f"  PyTorch: {_rate(other, words)}")
        print(f"  ours / PyTorch: {wall:.2f} in words/s, {cpu:.2f} in CPU time")
    print(
        f"  peak memory of this process: {peak_memory():.2f} GiB; {before:.2f} before"
    )


def profile(options) -> None:
    """Prints the time of each part of a float32 step, timed on its own."""
    ours = Ours(options)
    model, repeats = ours.model, options.repeats
    batch, steps = ours.shape
    rows = batch * steps
    random = random_tensors(1)

    def lstm(width):
        arguments = [random(batch, steps, width), random(batch, HIDDEN)]
        arguments += [random(width, 4 * HIDDEN), random(HIDDEN, 4 * HIDDEN) / 40]
        call = with_gradients(
            lambda x, h, w, u, b: lstm_sequence(x, (h, h), w, u, b)[0],
            *arguments,
            random(4 * HIDDEN),
        )
        flops = 6 * rows * (width + HIDDEN) * 4 * HIDDEN
        return call, flops

    vocabulary = model.tokenizer.vocabulary_size
    words = np.random.default_rng(1).integers(0, vocabulary, rows)
    classes = tf.constant(words, tf.int32)
    softmax = with_gradients(
        lambda x, k, b: softmax_nll(x, k, b, classes),
        random(rows, HIDDEN),
        random(vocabulary, HIDDEN) / 20,
        random(vocabulary),
    )
    gradients = [random(*v.shape) for v in model.trainable_variables]
    update = tf.function(lambda: ours.step._update(gradients, 1.0) or tf.constant(0.0))
    # As many at once as the step has parallel streams.
    squares = [random(2048, 2048) for _ in range(STREAMS)]
    products = tf.function(lambda: tf.add_n([(x @ x)[0, 0] for x in squares]))
    rate = STREAMS * 2 * 2048**3 / milliseconds(products, repeats)[0]

    parts = {
        "softmax and its loss": (softmax, 6 * rows * vocabulary * HIDDEN),
        "encoder's LSTM": lstm(EMBEDDING),
        "decoder's LSTM": lstm(EMBEDDING + CODE),
        "optimiser": (update, 0),
    }
    whole, _ = milliseconds(ours.run, repeats)
    rest = whole
    print(f"float32 matrix products on this machine: {rate / 1e6:.0f} GFLOP/s")
    print(f"{'part':<24}{'ms':>8}{'share of the rate':>22}")
    for name, (call, flops) in parts.items():
        taken, _ = milliseconds(call, repeats)
        rest -= taken
        share = f"{flops / taken / rate:.0%}" if flops else ""
        print(f"{name:<24}{taken:>8.1f}{share:>22}")
    flops = sum(flops for _, flops in parts.values())
    print(f"{'rest':<24}{rest:>8.1f}")
    print(f"{'whole step':<24}{whole:>8.1f}{flops / whole / rate:>22.0%}")


def _rate(times, words):
    wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
    return f"{1e3 * words / wall:.0f} words/s ({wall:.1f} ms, {cpu:.1f} CPU ms)"


def main(arguments: Sequence[str] | None = None) -> None:
    """Compares the steps, or profiles ours."""
    options = command_line.make_parser(
        __doc__,
        peer_python=(None, "a Python with PyTorch; without it, only our step is timed"),
        batch_size=(64, "sentences in a batch"),
        steps=(24, "words in a sentence"),
        vocabulary_size=(10_000, "words in the vocabulary"),
        softmax=("full", "output layer, full or adaptive"),
        precision=(("float32", "mixed_bfloat16"), "precisions to compare"),
        rounds=(5, "rounds"),
        repeats=(7, "steps in a round"),
        profile=(False, "time the parts of our step"),
    ).parse_args(arguments)
    if options.softmax not in ("full", "adaptive"):
        raise UserError(f"--softmax={options.softmax}: give full or adaptive")
    if options.profile and options.softmax != "full":
        raise UserError("--profile: knows only the parts of --softmax=full")
    keep_memory()
    share_threads()
    if options.profile:
        profile(options)
        return
    for precision in options.precision:
        compare(options, precision)


if __name__ == "__main__":
    command_line.run(main)
