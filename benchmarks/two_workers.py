"""Measures how much faster two workers train than one.

    python -m benchmarks.two_workers

Trains the language model on the embedded corpus for two epochs: as one process on one
core, then as two processes on a core each, connected over loopback. The two workers
share a batch of the same size, then have twice the batch. Prints the words per second
of the second epoch, in which nothing is compiled any more. Both cores should be idle
otherwise. Two cores share caches and memory; two machines would not.
"""

import argparse
import json
import pathlib
import tempfile
from collections.abc import Sequence

from analysis import command_line
from benchmarks.local_workers import start


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a table of speeds."""
    options = command_line.make_parser(
        __doc__,
        cores=(("0", "1"), "two processor cores"),
        batch_size=(512, "sentences in the batch of one worker"),
        hidden_dim=(400, "width of the LSTMs"),
    ).parse_args(arguments)
    alone = words_per_second(1, options.batch_size, options)
    print("workers  batch  words/s  to one")
    print(f"{1:7}  {options.batch_size:5}  {alone:7.0f}")
    for size in (options.batch_size, 2 * options.batch_size):
        speed = words_per_second(2, size, options)
        print(f"{2:7}  {size:5}  {speed:7.0f}  {speed / alone:6.2f}")


def words_per_second(
    workers: int, batch_size: int, options: argparse.Namespace
) -> float:
    """Returns the speed of the second epoch.

    Args:
        workers: number of workers.
        batch_size: sentences in a global batch.
        options: values of the flags.

    Raises:
        RuntimeError: if the run fails.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name, "run")
        arguments = [
            *(f"--output_dir={folder}", f"--batch_size={batch_size}", "--epochs=2"),
            *(f"--hidden_dim={options.hidden_dim}", "--embedding_dim=128"),
        ]
        processes = start(arguments, workers, options.cores)
        for process in processes:
            process.communicate()
        if any(process.returncode for process in processes):
            raise RuntimeError("the run failed; its messages are above")
        history = json.loads((folder / "metrics.json").read_text())["history"]
    return history[1]["words_per_second"]


if __name__ == "__main__":
    command_line.run(main)
