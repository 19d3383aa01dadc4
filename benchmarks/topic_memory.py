"""Measures the memory that a topic model takes on as many documents as RCV1-v2 has.

    python -m benchmarks.topic_memory

generates 800,000 texts of 75 words, one after another, fits `TopicModel` to them, gives
all of them their topics, and prints seconds and the peak of the process's memory after
each step. The texts are never in memory at once. The exit status is 1 if the peak
exceeds 4 GiB.
"""

import time
from collections.abc import Sequence

import numpy as np

import tf_vmfvae
from analysis import command_line
from benchmarks.memory import peak_memory
from tf_vmfvae.data.embedded import planted_documents
from tf_vmfvae.data.embedded.planted_topics import TOPICS
from trainers.cli.errors import UserError

GIB_AT_MOST = 4.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Fits, transforms and prints; returns 1 if too much memory was taken."""
    options = command_line.make_parser(
        __doc__,
        documents=(800_000, "number of documents"),
        words=(75, "words in a document"),
        vocabulary_size=(10_000, "different words"),
        epochs=(0, "epochs; 0 for as many as TopicModel chooses"),
    ).parse_args(arguments)
    if options.documents < TOPICS:
        raise UserError(f"--documents={options.documents}: give at least {TOPICS}")
    made = options.documents, options.words, options.vocabulary_size
    model = tf_vmfvae.TopicModel(
        TOPICS, epochs=options.epochs or None, random_state=1, verbose=True
    )
    print(f"{options.documents} texts of {options.words} words", flush=True)
    start = time.perf_counter()
    model.fit(planted_documents(*made))
    _print("fit", start)
    start = time.perf_counter()
    shares = model.transform(planted_documents(*made))
    peak = _print("transform", start)
    used = np.bincount(shares.argmax(axis=1), minlength=TOPICS)
    print(f"the smallest topic has {used.min()} documents, the largest {used.max()}")
    return int(peak > GIB_AT_MOST)


def _print(step, start):
    peak = peak_memory()
    seconds = time.perf_counter() - start
    print(f"{step}: {seconds:.0f} s, peak memory {peak:.2f} GiB", flush=True)
    return peak


if __name__ == "__main__":
    command_line.run(main)
