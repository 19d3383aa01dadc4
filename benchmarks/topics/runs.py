"""Runs of the systems: one process each, kept in a folder and never run twice."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

from benchmarks.topics.corpora import BenchmarkCorpus
from tf_vmfvae import evaluation

ROOT = pathlib.Path(__file__).parents[2]
# Libraries read these when a process starts.
THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
# Of the worker's output, the last lines that are shown if it fails.
SHOWN_LINES = 5


@dataclasses.dataclass(frozen=True)
class Run:
    """One system, fitted once.

    Attributes:
        corpus: name of the corpus.
        topics: number of topics.
        system: key of `systems.MODULES`.
        seed: seed of the fit.
    """

    corpus: str
    topics: int
    system: str
    seed: int

    def __str__(self) -> str:
        return f"{self.corpus}, {self.topics} topics, {self.system}, seed {self.seed}"

    def file(self, folder: pathlib.Path) -> pathlib.Path:
        """Returns where the run's output is kept."""
        name = f"{self.corpus}-{self.topics}-{self.system}-{self.seed}.npz"
        return folder / name

    def is_finished(self, folder: pathlib.Path, corpus: BenchmarkCorpus) -> bool:
        """Returns whether the run was made, and on this same corpus."""
        file = self.file(folder)
        return file.exists() and _read(file)[0]["corpus_digest"] == corpus.digest

    def start(
        self, folder: pathlib.Path, corpus: BenchmarkCorpus, python: str
    ) -> str | None:
        """Fits the system in a process of its own, which may use one core.

        Args:
            folder: where to keep the output.
            corpus: the corpus.
            python: the interpreter of the system's environment.

        Returns:
            None, or what went wrong: the last lines that the process printed.
        """
        file = self.file(folder)
        unfinished = file.with_suffix(".unfinished.npz")
        done = subprocess.run(
            [
                python,
                "-m",
                "benchmarks.topics.worker",
                self.system,
                corpus.file,
                str(self.topics),
                str(self.seed),
                unfinished,
            ],
            cwd=ROOT,
            env={**os.environ, **dict.fromkeys(THREADS, "1")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            unfinished.unlink(missing_ok=True)
            lines = done.stderr.strip().splitlines()[-SHOWN_LINES:]
            return "\n".join([f"exit status {done.returncode}", *lines])
        unfinished.replace(file)
        return None

    def results(
        self, folder: pathlib.Path, corpus: BenchmarkCorpus, rescore: bool = False
    ) -> dict:
        """Returns the measures of a finished run, and its seconds and memory.

        They are computed once and kept next to the output.

        Args:
            folder: where the output is kept.
            corpus: the corpus.
            rescore: whether to compute them again.
        """
        file = self.file(folder)
        scores = file.with_suffix(".json")
        if scores.exists() and not rescore:
            kept = json.loads(scores.read_text())
            if kept["output_seconds"] == file.stat().st_mtime:
                return kept
        about, top_words, shares = _read(file)
        vocabulary = corpus.documents.vocabulary
        quality = evaluation.topic_quality(
            [[vocabulary[i] for i in topic] for topic in top_words],
            corpus.reference,
            vocabulary,
            texts=corpus.texts,
            document_topics=shares,
            labels=corpus.documents.test.labels,
            perplexity=about.get("perplexity"),
        )
        found = {
            **dataclasses.asdict(self),
            **about,
            **quality.as_dict(),
            "top_words": [[vocabulary[i] for i in topic[:10]] for topic in top_words],
            "output_seconds": file.stat().st_mtime,
        }
        scores.write_text(json.dumps(found, indent=1) + "\n")
        return found


def interpreter(system: str, peer_python: str) -> str:
    """Returns the interpreter of the environment that a system runs in."""
    return sys.executable if system == "ours" else peer_python


def _read(file):
    with np.load(file) as arrays:
        about = json.loads(str(arrays["about"]))
        return about, arrays["top_words"], arrays["test_topics"]
