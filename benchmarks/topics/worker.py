"""Fits one system to one corpus, in a process of its own.

    python -m benchmarks.topics.worker SYSTEM CORPUS_FILE TOPICS SEED OUTPUT_FILE

Writes the topics' words, the test documents' topics, the perplexity of held-out words,
seconds and peak memory. Neither this file nor what it imports needs TensorFlow
or this library, unless the system is ours.
"""

import importlib
import json
import pathlib
import sys
import time

import numpy as np

from benchmarks.memory import peak_memory
from benchmarks.topics import systems
from benchmarks.topics.exchange import digest, read_corpus

# Documents whose word probabilities are computed at a time.
BLOCK = 500


def main(arguments: list[str]) -> None:
    """Runs the worker."""
    system, corpus, topics, seed, output = arguments
    vocabulary, parts = read_corpus(pathlib.Path(corpus))
    module = importlib.import_module(systems.MODULES[system])
    imported = peak_memory()
    start, cpu_start = time.perf_counter(), time.process_time()
    fitted = module.fit(parts["train"], vocabulary, int(topics), int(seed))
    fit_seconds = time.perf_counter() - start
    # On a machine that others use too, these are less noisy.
    fit_cpu_seconds = time.process_time() - cpu_start
    start = time.perf_counter()
    shares = np.asarray(fitted.transform(parts["test"]), np.float32)
    transform_seconds = time.perf_counter() - start
    # Before anything is computed that only the benchmark needs.
    peak = peak_memory()
    about = {
        "corpus_digest": digest(pathlib.Path(corpus)),
        "fit_seconds": fit_seconds,
        "fit_cpu_seconds": fit_cpu_seconds,
        "transform_seconds": transform_seconds,
        "peak_memory_gib": peak,
        "memory_before_gib": imported,
        "versions": fitted.versions,
    }
    if fitted.predict is not None:
        about["perplexity"] = _perplexity(fitted, parts["observed"], parts["held_out"])
    np.savez(
        output,
        about=np.array(json.dumps(about)),
        top_words=fitted.top_words,
        test_topics=shares,
    )


def _perplexity(fitted, observed, held_out):
    """Returns the perplexity of held-out words, given the other words."""
    shares = np.asarray(fitted.transform(observed))
    nll = 0.0
    for start in range(0, len(shares), BLOCK):
        rows = held_out[start : start + BLOCK].tocoo()
        probabilities = fitted.predict(shares[start : start + BLOCK])
        logs = np.log(probabilities[rows.row, rows.col].astype(np.float64))
        nll -= float(rows.data @ logs)
    return float(np.exp(nll / held_out.sum()))


if __name__ == "__main__":
    main(sys.argv[1:])
