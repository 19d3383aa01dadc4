"""Measures training on raw documents that may be larger than memory.

    python -m benchmarks.large_text.documents --folder=FOLDER
    python -m benchmarks.large_text.documents --folder=FOLDER --in_memory

generates documents of five sentences each in a file in the folder, loads them, trains
NVDM on them for some steps of two epochs, and prints how long loading takes and the
peak of the process's memory. The first start encodes the documents in the folder, the
second finds them encoded. With --in_memory they are read into memory instead.
"""

import itertools
import multiprocessing
import pathlib
import time
from collections.abc import Iterator, Sequence

import numpy as np

from analysis import command_line
from benchmarks.document_memory import train
from benchmarks.large_text.sentences import random_sentences, write_lines
from benchmarks.memory import peak_memory
from tf_vmfvae import data

# Sentences of a document, which has 105 words on average.
SENTENCES = 5


def random_documents(count: int) -> Iterator[str]:
    """Yields random documents, each a few sentences in one line."""
    sentences = random_sentences(SENTENCES * count)
    while document := list(itertools.islice(sentences, SENTENCES)):
        yield " ".join(document)


def load(
    folder: pathlib.Path, count: int, vocabulary_size: int, in_memory: bool
) -> data.DocumentCorpus:
    """Loads documents, prints how long it takes, and returns them.

    Args:
        folder: where they are, or are written and encoded.
        count: number of documents.
        vocabulary_size: words in the vocabulary.
        in_memory: whether they are read into memory.
    """
    file = folder / f"documents_{count}.txt"
    if not file.exists():
        # In a process of its own, whose memory does not count.
        writer = multiprocessing.get_context("fork").Process(
            target=write_lines, args=(file, random_documents(count))
        )
        writer.start()
        writer.join()
    start = time.perf_counter(), time.process_time()
    corpus = data.load_documents(
        "text",
        file,
        vocabulary_size=vocabulary_size,
        cache_dir=None if in_memory else folder,
    )
    seconds = np.subtract((time.perf_counter(), time.process_time()), start)
    print(
        f"{file.stat().st_size / 1e6:.0f} MB loaded in {seconds[0]:.1f} s "
        f"({seconds[1]:.1f} CPU seconds); peak memory {peak_memory():.2f} GiB",
        flush=True,
    )
    return corpus


def main(arguments: Sequence[str] | None = None) -> None:
    """Generates, loads, trains and prints."""
    options = command_line.make_parser(
        __doc__,
        documents=(300_000, "number of documents"),
        vocabulary_size=(10_000, "words in the vocabulary"),
        steps=(20, "training steps in each epoch"),
        folder=(pathlib.Path, "folder for the documents, kept"),
        in_memory=(False, "read the documents into memory"),
    ).parse_args(arguments)
    corpus = load(
        *(options.folder, options.documents, options.vocabulary_size),
        in_memory=options.in_memory,
    )
    found = train(corpus.train, options.vocabulary_size, options.steps)
    print(f"{len(corpus.train)} documents to train on, {found}")


if __name__ == "__main__":
    command_line.run(main)
