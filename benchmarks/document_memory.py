"""Measures the memory that training takes on as many documents as RCV1-v2 has.

    python -m benchmarks.document_memory

generates 800,000 documents with 75 different words each on average, out of 10,000,
trains NVDM on them for some steps of two epochs, and prints the peak of the process's
memory on the host.
"""

import time
from collections.abc import Sequence

import numpy as np

from analysis import command_line
from benchmarks.memory import peak_memory
from tf_vmfvae import data, layers, models


def random_documents(count: int, words: int, vocabulary: int) -> data.Documents:
    """Makes documents with about `words` words each; a few words are frequent."""
    rng = np.random.default_rng(0)
    lengths = np.maximum(rng.negative_binomial(2, 2 / (2 + words), count), 1)
    row_splits = np.concatenate([[0], np.cumsum(lengths)])
    pairs = np.empty((row_splits[-1], 2), np.int32)
    for start in range(0, len(pairs), 1_000_000):
        part = pairs[start : start + 1_000_000]
        # The square of a uniform number makes words with small ids frequent.
        part[:, 0] = 1 + vocabulary * rng.random(len(part)) ** 2
        part[:, 1] = rng.geometric(0.7, len(part))
    return data.Documents(pairs, row_splits)


def train(documents, vocabulary_size: int, steps: int) -> str:
    """Trains NVDM for some steps of two epochs; returns what it took in words.

    Args:
        documents: `Documents` or `StoredDocuments`.
        vocabulary_size: number of words.
        steps: training steps in each epoch.
    """
    batches = data.DocumentBatches(documents, batch_size=100)
    model = models.NVDM(
        [f"word{i}" for i in range(vocabulary_size)],
        layers.SphereProductLatent(50, 10, concentration_features=1, seed=1),
        hidden_dim=800,
        input_transform="log",
        seed=1,
    )
    model.compile("adam")
    start = time.perf_counter()
    for epoch in range(2):
        model.fit(batches.dataset(epoch), steps_per_epoch=steps, epochs=1, verbose=0)
    seconds = time.perf_counter() - start
    return (
        f"{batches.num_words} words; {2 * steps} steps of 100 documents in "
        f"{seconds:.0f} s; peak memory {peak_memory():.2f} GiB"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains and prints the peak."""
    options = command_line.make_parser(
        __doc__,
        documents=(800_000, "number of documents"),
        words=(75, "different words in a document, on average"),
        vocabulary_size=(10_000, "words in the vocabulary"),
        steps=(20, "training steps in each epoch"),
    ).parse_args(arguments)
    documents = random_documents(
        options.documents, options.words, options.vocabulary_size
    )
    training, validation = documents.split(every=20, seed=0)
    del documents
    found = train(training, options.vocabulary_size, options.steps)
    print(f"{len(training)} documents to train on, {len(validation)} held out, {found}")


if __name__ == "__main__":
    command_line.run(main)
