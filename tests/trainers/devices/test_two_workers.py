"""Two processes on this machine train one model, and can be stopped and resumed."""

import json
import signal
import subprocess
import time

import numpy as np
import pytest

from benchmarks import local_workers
from trainers.cli.run_flags import identity
from trainers.lm.task import LMTask
from trainers.storage.run_folder import RunFolder
from trainers.training import run as training_run

# 15 steps: three batches an epoch, one of which leaves the second worker empty.
EPOCHS = 5
FLAGS = (
    *("--dataset=text", "--batch_size=10", f"--epochs={EPOCHS}", "--dropout=0"),
    *("--latent_dim=10", "--kappa=10", "--hidden_dim=8", "--embedding_dim=8"),
    *("--save_seconds=0", "--strategy=auto", "--ema_momentum=0.9"),
)

pytestmark = pytest.mark.slow


@pytest.fixture
def start(corpus_folder):
    """Returns a function that starts a run as several processes."""
    started = []

    def processes(folder, workers, *flags):
        flags = *FLAGS, f"--data_dir={corpus_folder}", f"--output_dir={folder}", *flags
        new = local_workers.start(flags, workers, stderr=subprocess.PIPE)
        started.extend(new)
        return new

    yield processes
    for process in started:
        process.kill()
        process.communicate()


def ends(processes):
    """Returns the exit status, stdout and stderr of each process."""
    printed = [process.communicate(timeout=900) for process in processes]
    return [
        (process.returncode, *texts)
        for process, texts in zip(processes, printed, strict=True)
    ]


def checkpoints(folder):
    """Returns the checkpoints by number."""
    files = folder.glob("checkpoints/state-*.npz")
    return {int(file.stem.removeprefix("state-")): file for file in files}


def wait_for_a_step(processes, folder):
    """Waits until another checkpoint is written, as after every step."""
    before = max(checkpoints(folder), default=0)
    while all(process.poll() is None for process in processes):
        if max(checkpoints(folder), default=0) > before:
            return
        time.sleep(0.02)


def result(folder):
    """Returns the last checkpoint's arrays and the logs of the epochs."""
    files = checkpoints(folder)
    newest = files[max(files)]
    with np.load(newest) as content:
        arrays = [content[name] for name in sorted(content.files) if name != "notes"]
    history = json.loads((folder / "metrics.json").read_text())["history"]
    for logs in history:
        # Speed differs, and the code gain exchanges codes within a replica only.
        del logs["words_per_second"], logs["val_code_gain"]
    return arrays, history


def assert_close(folder, other):
    (arrays, history), (others, other_history) = result(folder), result(other)
    assert len(history) == len(other_history) == EPOCHS
    for logs, expected in zip(history, other_history, strict=True):
        assert logs == pytest.approx(expected, rel=1e-5)
    for array, expected in zip(arrays, others, strict=True):
        np.testing.assert_allclose(array, expected, rtol=1e-5, atol=1e-7)


def event_folders(folder):
    """Returns where a run has written for TensorBoard."""
    return {file.parent.relative_to(folder) for file in folder.rglob("events.*")}


def lines_of_a_run(printed):
    """Returns the number of lines that are not about one epoch."""
    return sum(not line.startswith("epoch ") for line in printed.splitlines())


def test_two_workers_learn_what_one_learns_even_if_stopped_or_killed(
    start, parse, corpus_folder, tmp_path, capsys
):
    one, two = tmp_path / "one", tmp_path / "two"
    # In this process: tests/trainers/lm/test_program.py runs the program.
    settings, _ = parse(*FLAGS, f"--data_dir={corpus_folder}")
    training_run.run(LMTask(settings), RunFolder(one, identity(settings)))
    out = capsys.readouterr().out

    # SIGTERM to one worker stops both of them at the same step.
    processes = start(two, workers=2)
    chiefs = [processes[0].pid]
    wait_for_a_step(processes, two)
    processes[1].terminate()
    chief, other = ends(processes)
    assert (chief[0], chief[2]) == (128 + signal.SIGTERM, "")
    assert other == (128 + signal.SIGTERM, "", "")
    assert "stopped by SIGTERM after " in chief[1]

    # If either of them dies, the other one ends.
    for dying, living in ((1, 0), (0, 1)):
        processes = start(two, workers=2)
        chiefs.append(processes[0].pid)
        wait_for_a_step(processes, two)
        processes[dying].kill()
        killed = time.monotonic()
        status, _, err = ends(processes)[living]
        assert time.monotonic() - killed < 120
        assert status == 1
        # TensorFlow does not always say which one.
        names = f"worker {dying}", "another worker"
        assert err.startswith(tuple(f"error: {name} is gone" for name in names)), err
        assert err.count("\n") == 1, err

    # The same command resumes the run, and no epoch is lost, even if the workers now
    # read one sentence at a time.
    processes = start(two, 2, "--accumulate_steps=5")
    chief, other = ends(processes)
    assert (chief[0], chief[2]) == (0, "")
    assert other == (0, "", "")
    assert chief[1].startswith("waiting until all 2 workers have started\nrun folder: ")
    assert "continuing after " in chief[1]
    # The chief prints no more than these two lines, and the other worker none.
    assert lines_of_a_run(chief[1]) == lines_of_a_run(out) + 2
    assert_close(two, one)
    # The names of TensorFlow's event files contain the process's number.
    writers = {int(file.name.split(".")[-3]) for file in two.rglob("events.*")}
    assert writers <= {*chiefs, processes[0].pid}
    assert processes[0].pid in writers
    assert event_folders(two) == event_folders(one)


def test_a_worker_that_is_waiting_for_another_can_be_interrupted(start, tmp_path):
    processes = start(tmp_path / "run", workers=2)
    processes[1].kill()
    assert processes[0].stdout.readline().startswith("waiting until all 2 workers")
    # After that, TensorFlow waits in native code.
    time.sleep(5)
    processes[0].send_signal(signal.SIGINT)
    status, _, err = ends(processes)[0]
    assert status in (-signal.SIGINT, 128 + signal.SIGINT)
    assert "Traceback" not in err
