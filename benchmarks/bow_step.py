"""Documents a second of a training step, beside the same model in PyTorch.

    python -m benchmarks.bow_step

Both train NVDM with a fixed-kappa code on random documents of the shape of 20
Newsgroups, in float32, with Adam and the same number of threads. They take turns, so
that what slows the machine slows both. The figure is the median of the ratios of
neighbouring turns. PyTorch is not a dependency of the library; the partner was measured
with pip install torch==2.13.0.
"""

import argparse
import statistics
import time

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae import data, layers, models
from trainers.hardware import keep_memory
from trainers.training_step import TrainingStep

DOCUMENTS, VOCABULARY, LENGTH = 4_000, 2_000, 65


def random_documents(seed: int = 0) -> data.Documents:
    """Documents of about 65 different words, frequent ones more often."""
    rng = np.random.default_rng(seed)
    weights = 1.0 / np.arange(10, VOCABULARY + 10)
    lengths = np.maximum(rng.negative_binomial(2, 2 / (2 + LENGTH), DOCUMENTS), 1)
    rows = []
    for length in lengths:
        words = rng.choice(VOCABULARY, 2 * length, p=weights / weights.sum())
        rows.append(np.stack(np.unique(words + 1, return_counts=True), axis=1)[:length])
    return data.Documents.from_rows(rows)


class Ours:
    """NVDM of this library, by the training step of `trainers.bow`."""

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
        self.step = TrainingStep(model, optimizer, strategy, 20.0, options.jit)
        self.batches = data.DocumentBatches(documents, options.batch_size)
        self.epoch = 0

    def run_epoch(self) -> float:
        """Trains an epoch; returns documents a second."""
        start = time.perf_counter()
        for batch in self.batches.dataset(self.epoch):
            float(self.step(batch)["reconstruction"])
        self.epoch += 1
        return self.batches.num_examples / (time.perf_counter() - start)


def main() -> None:
    """Parses the options, runs both in turn, prints the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch_size", type=int, default=100)
    parser.add_argument("--hidden_dim", type=int, default=400)
    parser.add_argument("--latent_dim", type=int, default=25)
    parser.add_argument("--kappa", type=float, default=100.0)
    parser.add_argument("--jit", default="auto", choices=["auto", "on", "off"])
    options = parser.parse_args()
    try:
        from benchmarks.torch_nvdm import TorchNVDM
    except ModuleNotFoundError as error:
        raise SystemExit(f"error: {error}; pip install torch==2.13.0") from None

    keep_memory()
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    documents = random_documents()
    ours = Ours(documents, options)
    theirs = TorchNVDM(documents.matrix(VOCABULARY), options)
    for contender in (ours, theirs):
        contender.run_epoch()
    rates = [(ours.run_epoch(), theirs.run_epoch()) for _ in range(options.turns)]
    own, other = (statistics.median(column) for column in zip(*rates, strict=True))
    ratio = statistics.median(a / b for a, b in rates)
    print(f"ours: {own:.0f} documents/s; PyTorch: {other:.0f} documents/s")
    print(f"ours / PyTorch: {ratio:.2f} (median of {options.turns} turns)")


if __name__ == "__main__":
    main()
