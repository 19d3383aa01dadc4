"""What a second worker of one core adds to the speed of the first.

    python -m benchmarks.two_workers

Trains the language model on the embedded corpus for two epochs, as one process on one
core and as two processes on a core each, joined over loopback: at the same global batch
(each worker has half of it) and at twice the batch (each has all that the one had).
Prints the words a second of the second epoch, which compiles nothing any more. Both
cores should have nothing else to do; two workers on two machines have caches and memory
of their own, which two cores share.
"""

import json
import pathlib
import tempfile

from absl import app, flags

from benchmarks.local_workers import start

CORES = flags.DEFINE_list("cores", ["0", "1"], "Two processor cores.")
BATCH_SIZE = flags.DEFINE_integer("batch_size", 512, "Sentences a batch of the one.", 1)
HIDDEN_DIM = flags.DEFINE_integer("hidden_dim", 400, "Width of the LSTMs.", 1)


def main(_) -> None:
    """Measures and prints a table."""
    batch_size = BATCH_SIZE.value
    alone = words_per_second(1, batch_size)
    print("workers  batch  words/s  to one")
    print(f"{1:7}  {batch_size:5}  {alone:7.0f}")
    for size in (batch_size, 2 * batch_size):
        speed = words_per_second(2, size)
        print(f"{2:7}  {size:5}  {speed:7.0f}  {speed / alone:6.2f}")


def words_per_second(workers: int, batch_size: int) -> float:
    """Returns the speed of the second epoch.

    Raises:
        RuntimeError: if the run fails.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name, "run")
        arguments = [
            *(f"--output_dir={folder}", f"--batch_size={batch_size}", "--epochs=2"),
            *(f"--hidden_dim={HIDDEN_DIM.value}", "--embedding_dim=128"),
        ]
        processes = start(arguments, workers, CORES.value)
        for process in processes:
            process.communicate()
        if any(process.returncode for process in processes):
            raise RuntimeError("the run failed; what it said stands above")
        history = json.loads((folder / "metrics.json").read_text())["history"]
    return history[1]["words_per_second"]


if __name__ == "__main__":
    app.run(main)
