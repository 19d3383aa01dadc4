"""Compares the speed of a training step on documents with the same model in PyTorch.

    python -m benchmarks.bow_step

Both train NVDM with a fixed-kappa code on random documents that resemble 20 Newsgroups,
in float32, with Adam and the same number of threads. They take turns, so whatever slows
the machine slows both. The result is the median over rounds of the ratio of their
speeds. The library does not depend on PyTorch; the figures were measured after pip
install torch==2.13.0.
"""

import statistics
import time
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from analysis import command_line
from analysis.command_line import UserError
from tf_vmfvae import data, layers, models
from trainers.devices.hardware import keep_memory
from trainers.training.step import TrainingStep

DOCUMENTS, VOCABULARY, LENGTH = 4_000, 2_000, 65


def random_documents(seed: int = 0) -> data.Documents:
    """Makes documents of about 65 different words; a few words are frequent."""
    rng = np.random.default_rng(seed)
    weights = 1.0 / np.arange(10, VOCABULARY + 10)
    lengths = np.maximum(rng.negative_binomial(2, 2 / (2 + LENGTH), DOCUMENTS), 1)
    rows = []
    for length in lengths:
        words = rng.choice(VOCABULARY, 2 * length, p=weights / weights.sum())
        rows.append(np.stack(np.unique(words + 1, return_counts=True), axis=1)[:length])
    return data.Documents.from_rows(rows)


class Ours:
    """This library's NVDM and the training step of `trainers.bow`."""

    def __init__(self, documents, options):
        strategy = tf.distribute.OneDeviceStrategy("CPU:0")
        with strategy.scope():
            latent = layers.VonMisesFisherLatent(
                options.latent_dim, options.kappa, seed=1
            )
            model = models.NVDM(
                [f"word{i}" for i in range(VOCABULARY)],
                latent,
                hidden_dim=options.hidden_dim,
                input_transform="log",
                seed=1,
            )
            optimizer = keras.optimizers.Adam(1e-3)
            optimizer.build(model.trainable_variables)
        self.step = TrainingStep(model, optimizer, strategy, 20.0, "auto")
        self.batches = data.DocumentBatches(documents, options.batch_size)
        self.epoch = 0

    def run_epoch(self) -> float:
        """Trains for an epoch; returns documents per second."""
        start = time.perf_counter()
        for batch in self.batches.dataset(self.epoch):
            float(self.step(batch)["reconstruction"])
        self.epoch += 1
        return self.batches.num_examples / (time.perf_counter() - start)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the speed of both and their ratio."""
    options = command_line.make_parser(
        __doc__,
        rounds=(7, "rounds; in each, both train for an epoch"),
        threads=(1, "threads"),
        batch_size=(100, "documents in a batch"),
        hidden_dim=(400, "width of the hidden layers"),
        latent_dim=(25, "dimension of the code"),
        kappa=(100.0, "concentration of the code"),
    ).parse_args(arguments)
    try:
        from benchmarks.torch_nvdm import TorchNVDM
    except ModuleNotFoundError as error:
        raise UserError(f"{error}; pip install torch==2.13.0") from None

    keep_memory()
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    documents = random_documents()
    ours = Ours(documents, options)
    theirs = TorchNVDM(documents.matrix(VOCABULARY), options)
    for contender in (ours, theirs):
        contender.run_epoch()
    rates = [(ours.run_epoch(), theirs.run_epoch()) for _ in range(options.rounds)]
    own, other = (statistics.median(column) for column in zip(*rates, strict=True))
    ratio = statistics.median(a / b for a, b in rates)
    print(f"ours: {own:.0f} documents/s; PyTorch: {other:.0f} documents/s")
    print(f"ours / PyTorch: {ratio:.2f} (median of {options.rounds} rounds)")


if __name__ == "__main__":
    command_line.run(main)
