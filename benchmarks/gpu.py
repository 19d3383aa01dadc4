"""Checks that training on a GPU computes what a CPU computes, and how fast.

    python -m benchmarks.gpu --peer_python=PYTHON

Trains the same models, from the same weights and with the same noise, for a few steps
on the CPU and on the first GPU that TensorFlow finds, and compares their losses. Then
times, on the GPU, each part of the step that this library computes in its own way,
next to TensorFlow's or Keras's way, and says which of them the models take there. Last
come the times of whole steps next to PyTorch's, if --peer_python is an interpreter with
PyTorch and a GPU. On a machine without a GPU, it says so and checks nothing.

The exit status is 1 if a loss differs by more than 1 part in 10,000, or if the models
take a way that is slower than the other one by more than a tenth.
"""

import dataclasses
import pathlib
import re
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from analysis import command_line
from analysis.command_line import UserError
from benchmarks.parts import random_tensors, with_gradients
from tf_vmfvae import layers, models
from tf_vmfvae.ops.softmax_nll import softmax_nll
from trainers.training.step import TrainingStep

EMBEDDING, HIDDEN, CODE, KAPPA = 100, 400, 50, 80.0
# In float32; a GPU adds in another order.
TOLERANCE = 1e-4
# What a way that the models take may be slower, for noise.
NOISE = 1.1
TORCH = pathlib.Path(__file__).with_name("torch_nvrnn.py")


def make_step(kind: str, device: str, options) -> TrainingStep:
    """Returns the training step of a sentence or document model on a device.

    Args:
        kind: `"sentences"` or `"documents"`.
        device: such as `"GPU:0"`.
        options: values of the flags.
    """
    words = [f"word{i}" for i in range(options.vocabulary_size - 2)]
    strategy = tf.distribute.OneDeviceStrategy(device)
    with strategy.scope():
        latent = layers.VonMisesFisherLatent(CODE, kappa=KAPPA, seed=1)
        if kind == "sentences":
            model = models.NVRNN(
                words,
                latent,
                embedding_dim=EMBEDDING,
                hidden_dim=HIDDEN,
                dropout=0.0,
                seed=1,
            )
        else:
            model = models.NVDM(words, latent, hidden_dim=HIDDEN, seed=1)
        optimizer = keras.optimizers.Adam(1e-3)
        optimizer.build(model.trainable_variables)
    return TrainingStep(model, optimizer, strategy, 5.0)


def make_batch(kind: str, options) -> tf.Tensor:
    """Returns random sentences [batch, time], or documents [batch, words, 2]."""
    rng = np.random.default_rng(0)
    shape = options.batch_size, options.steps
    ids = rng.integers(3, options.vocabulary_size, shape).astype(np.int32)
    if kind == "sentences":
        return tf.constant(ids)
    counts = rng.integers(1, 4, shape).astype(np.int32)
    return tf.constant(np.stack([ids, counts], axis=-1))


def losses(step: TrainingStep, batch: tf.Tensor, count: int) -> list[float]:
    """Returns the negative bounds per example of several steps, in nats."""
    found = []
    for _ in range(count):
        totals = step(batch)
        nll = (totals["reconstruction"] + totals["kl"]) / totals["examples"]
        found.append(float(nll))
    return found


def largest_difference(kind: str, device: str, options) -> float:
    """Returns how far losses on a device are from the CPU's, relative to them."""
    cpu, other = (make_step(kind, name, options) for name in ("CPU:0", device))
    # Initial weights may come from another generator on another device.
    other.model.set_weights(cpu.model.get_weights())
    batch = make_batch(kind, options)
    expected = np.array(losses(cpu, batch, options.checked_steps))
    found = np.array(losses(other, batch, options.checked_steps))
    return float(np.max(np.abs(found / expected - 1)))


@dataclasses.dataclass(frozen=True)
class Way:
    """A part of the step, computed in two ways.

    Attributes:
        part: what is computed.
        ours: this library's way.
        plain: TensorFlow's or Keras's way.
        takes_ours: whether the models take this library's way on this machine.
    """

    part: str
    ours: Callable[[], tf.Tensor]
    plain: Callable[[], tf.Tensor]
    takes_ours: bool


def ways(options) -> list[Way]:
    """Returns the parts of the step that this library computes in its own way."""
    batch, steps, vocabulary = (
        options.batch_size,
        options.steps,
        options.vocabulary_size,
    )
    random = random_tensors(1)
    own, others = layers.LSTM(HIDDEN), keras.layers.LSTM(HIDDEN)
    inputs = random(batch, steps, EMBEDDING)
    for layer in (own, others):
        layer.return_sequences = True
        layer.build(inputs.shape)
    takes_ours = own._is_fast(training=True)
    own._is_fast = lambda training: True
    features, kernel = random(batch * steps, HIDDEN), random(vocabulary, HIDDEN) / 20
    bias = random(vocabulary)
    words = np.random.default_rng(1).integers(0, vocabulary, batch * steps)
    classes = tf.constant(words, tf.int32)

    def plain_softmax(x, k, b):
        logits = tf.matmul(x, k, transpose_b=True) + b
        return tf.nn.sparse_softmax_cross_entropy_with_logits(classes, logits)

    return [
        Way(
            "LSTM over sentences",
            with_gradients(own, inputs),
            with_gradients(others, inputs),
            takes_ours,
        ),
        Way(
            "softmax and its loss",
            with_gradients(
                lambda x, k, b: softmax_nll(x, k, b, classes), features, kernel, bias
            ),
            with_gradients(plain_softmax, features, kernel, bias),
            True,
        ),
    ]


def medians(calls: Sequence[Callable[[], tf.Tensor]], rounds: int) -> list[float]:
    """Returns the median times of calls that take turns, in milliseconds."""
    times = [[] for _ in calls]
    for number in range(rounds + 2):
        for taken, call in zip(times, calls, strict=True):
            start = time.perf_counter()
            float(call())
            if number >= 2:
                taken.append(1e3 * (time.perf_counter() - start))
    return [statistics.median(taken) for taken in times]


def torch_milliseconds(options) -> str:
    """Returns PyTorch's time for a step on its GPU, or why there is none."""
    command = [options.peer_python, str(TORCH), "--modes=fp32", "--device=cuda"]
    command += [f"--vocabulary={options.vocabulary_size}"]
    command += [f"--batch={options.batch_size}", f"--steps={options.steps}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise UserError(
            f"--peer_python={options.peer_python}: {error.strerror}"
        ) from error
    found = re.search(r"([\d.]+) tokens/s", done.stdout)
    if not found:
        reason = done.stderr.strip().splitlines() or ["it printed nothing"]
        return f"does not run here: {reason[-1]}"
    return f"{1e3 * options.batch_size * options.steps / float(found[1]):.1f} ms"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the comparisons; returns 1 if one of them fails."""
    options = command_line.make_parser(
        __doc__,
        device=("GPU:0", "the device to check"),
        peer_python=(None, "interpreter of an environment with PyTorch"),
        batch_size=(64, "examples in a batch"),
        steps=(24, "words in an example"),
        vocabulary_size=(10_000, "words in the vocabulary"),
        checked_steps=(5, "training steps whose losses are compared"),
        rounds=(20, "rounds of timing"),
    ).parse_args(arguments)
    kind, _, number = options.device.partition(":")
    if not number.isdigit():
        raise UserError(f"--device={options.device}: give one such as GPU:0")
    found = len(tf.config.list_logical_devices(kind))
    if not found:
        print(f"TensorFlow finds no {kind} on this machine; nothing was checked")
        return 0
    if int(number) >= found:
        raise UserError(f"--device={options.device}: this machine has {found} {kind}")
    # A tenth of the digits of float32, which would hide every other difference.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    failed = False
    for name in ("sentences", "documents"):
        difference = largest_difference(name, options.device, options)
        failed |= not difference <= TOLERANCE
        print(f"losses of {name}: within {difference:.1e} of the CPU's")
    with tf.device(options.device):
        for way in ways(options):
            ours, plain = medians([way.ours, way.plain], options.rounds)
            taken, other = (ours, plain) if way.takes_ours else (plain, ours)
            failed |= taken > NOISE * other
            print(
                f"{way.part}: this library's {ours:.2f} ms, TensorFlow's {plain:.2f} "
                f"ms; the models take {'the first' if way.takes_ours else 'the second'}"
            )
    step, batch = (
        make_step("sentences", options.device, options),
        make_batch("sentences", options),
    )
    [whole] = medians([lambda: step(batch)["reconstruction"]], options.rounds)
    print(f"training step on sentences: {whole:.1f} ms")
    if options.peer_python:
        print(f"PyTorch: {torch_milliseconds(options)}")
    return int(failed)


if __name__ == "__main__":
    command_line.run(main)
