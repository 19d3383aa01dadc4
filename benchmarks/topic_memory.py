"""Measures the memory that a topic model takes on as many documents as RCV1-v2 has.

    python -m benchmarks.topic_memory

generates 800,000 texts of 75 words, one after another, fits `TopicModel` to them, gives
all of them their topics, and prints seconds and the peak of the process's memory after
each step. The texts are never in memory at once. The exit status is 1 if the peak
exceeds 4 GiB.
"""

import time
from collections.abc import Iterator, Sequence

import numpy as np

import tf_vmfvae
from analysis import command_line
from benchmarks.memory import peak_memory
from trainers.cli.errors import UserError

GIB_AT_MOST = 4.0
# Topics that the texts are about, and the share of a text's words that are of its own.
PLANTED = 20
OWN_SHARE = 0.5
# Texts that are generated at a time.
BLOCK = 10_000


def texts(documents: int, words: int, vocabulary: int) -> Iterator[str]:
    """Yields texts that are each about one of the planted topics."""
    rng = np.random.default_rng(0)
    listed = np.array([_word(number) for number in range(vocabulary)], object)
    for start in range(0, documents, BLOCK):
        size = min(BLOCK, documents - start), words
        # A square makes words with small numbers frequent.
        drawn = (vocabulary * rng.random(size) ** 2).astype(np.int64)
        topic = rng.integers(PLANTED, size=(size[0], 1))
        own = drawn // PLANTED * PLANTED + topic
        drawn = np.where(rng.random(size) < OWN_SHARE, own, drawn)
        for row in listed[np.minimum(drawn, vocabulary - 1)]:
            yield " ".join(row)


def _word(number):
    """Returns a word of letters for a number."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return f"word{letters}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fits, transforms and prints; returns 1 if too much memory was taken."""
    options = command_line.make_parser(
        __doc__,
        documents=(800_000, "number of documents"),
        words=(75, "words in a document"),
        vocabulary_size=(10_000, "different words"),
        epochs=(0, "epochs; 0 for as many as TopicModel chooses"),
    ).parse_args(arguments)
    if options.documents < PLANTED:
        raise UserError(f"--documents={options.documents}: give at least {PLANTED}")
    made = options.documents, options.words, options.vocabulary_size
    model = tf_vmfvae.TopicModel(
        PLANTED, epochs=options.epochs or None, random_state=1, verbose=True
    )
    print(f"{options.documents} texts of {options.words} words", flush=True)
    start = time.perf_counter()
    model.fit(texts(*made))
    _print("fit", start)
    start = time.perf_counter()
    shares = model.transform(texts(*made))
    peak = _print("transform", start)
    used = np.bincount(shares.argmax(axis=1), minlength=PLANTED)
    print(f"the smallest topic has {used.min()} documents, the largest {used.max()}")
    return int(peak > GIB_AT_MOST)


def _print(step, start):
    peak = peak_memory()
    seconds = time.perf_counter() - start
    print(f"{step}: {seconds:.0f} s, peak memory {peak:.2f} GiB", flush=True)
    return peak


if __name__ == "__main__":
    command_line.run(main)
