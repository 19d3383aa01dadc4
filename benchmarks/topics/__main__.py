r"""Compares this library's topic model with other topic models.

    python -m venv peers
    peers/bin/pip install -r benchmarks/topics/requirements.txt
    python -m benchmarks.topics --data_dir=data --output_dir=results \
        --peer_python=peers/bin/python

Fits ours, TopMost's ProdLDA, ETM and ECRTM, tomotopy's LDA and scikit-learn's NMF to
the training part of each corpus, each in a process of its own that may use one core.
One function then measures the topics: `tf_vmfvae.evaluation.topic_quality`. Coherences
are those of ten words in the training part; purity, NMI and perplexity are those of the
test part, which no system has seen. Prints a table for each corpus and number of
topics: means over the seeds, with standard deviations.

The output of each run is kept in --output_dir, and a run that is finished is not made
again, so the program can be stopped and started with the same or with more flags.
"""

import itertools
import os
import pathlib
import shutil
import subprocess
from collections.abc import Sequence

from analysis import command_line
from benchmarks.topics import systems
from benchmarks.topics.table import markdown
from trainers.cli.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is not finished and prints the tables; returns 1 if a run failed."""
    options = command_line.make_parser(
        __doc__,
        data_dir=(pathlib.Path, "folder that holds the corpora"),
        **command_line.OUTPUT_DIR,
        peer_python=(None, "interpreter of the other systems' environment"),
        corpora=(("bbc", "m10", "dblp", "20ng"), "folders in --data_dir, or 20ng"),
        topics=((20, 50), "numbers of topics"),
        seeds=((1, 2, 3), "seeds"),
        systems=(tuple(systems.NAMES), "systems"),
        again=("", "systems whose finished runs are made again, or none"),
        rescore=(False, "measure the topics of finished runs again"),
    ).parse_args(arguments)
    options.again = tuple(filter(None, options.again.split(",")))
    _check(options)
    # Slow to import.
    from benchmarks.topics.corpora import load_corpus

    # The workers run in another folder.
    output_dir = options.output_dir.absolute()
    folders = [output_dir / name for name in ("corpora", "runs")]
    for folder in folders:
        command_line.make_output_dir(folder)
    corpora = {
        name: load_corpus(name, options.data_dir, folders[0])
        for name in options.corpora
    }
    results, failed = _run(options, corpora, folders[1])
    if results:
        print(f"\n{markdown(results)}")
    return int(failed)


def _check(options):
    for flag, chosen in (("systems", options.systems), ("again", options.again)):
        for name in chosen:
            if name not in systems.NAMES:
                choices = ", ".join(systems.NAMES)
                raise UserError(f"--{flag}: {name}: choose among {choices}")
    peers = [name for name in options.systems if name != "ours"]
    if not peers:
        return
    if not options.peer_python:
        raise UserError(
            f"--peer_python: {', '.join(peers)} need the Python of an environment with "
            "benchmarks/topics/requirements.txt; or choose --systems=ours"
        )
    python = shutil.which(options.peer_python)
    if not python or subprocess.run([python, "-c", ""], capture_output=True).returncode:
        raise UserError(f"--peer_python={options.peer_python} does not run Python")
    # Not resolved: an environment's interpreter is a link to another one's.
    options.peer_python = os.path.abspath(python)


def _run(options, corpora, folder):
    """Makes the runs; returns the results of all of them, and whether one failed."""
    from benchmarks.topics.runs import Run, interpreter

    results, failed = [], False
    combinations = itertools.product(
        options.seeds, options.topics, options.corpora, options.systems
    )
    for seed, topics, name, system in combinations:
        run, corpus = Run(name, topics, system, seed), corpora[name]
        if system in options.again or not run.is_finished(folder, corpus):
            print(f"{run}: ", end="", flush=True)
            problem = run.start(
                folder, corpus, interpreter(system, options.peer_python)
            )
            if problem:
                failed = True
                print(f"failed, {problem}", flush=True)
                continue
            print("finished", flush=True)
        results.append(run.results(folder, corpus, options.rescore))
    return results, failed


if __name__ == "__main__":
    command_line.run(main)
