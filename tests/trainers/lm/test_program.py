"""`python -m trainers.lm` as a process: its output, and what it survives."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).parents[3]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def program(corpus_folder):
    """Returns a function that starts a small run in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # The program itself has to keep TensorFlow quiet.
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)

    def start(folder, *flags):
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "trainers.lm", f"--output_dir={folder}"),
                *("--dataset=text", f"--data_dir={corpus_folder}", "--epochs=3"),
                *("--hidden_dim=8", "--embedding_dim=8", "--latent_dim=3"),
                *("--batch_size=2", "--save_seconds=1", *flags),
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def end(process):
    """Waits for a run to end; returns its status, output and errors."""
    try:
        out, err = process.communicate(timeout=540)
    finally:
        process.kill()
    return process.returncode, out, err


def wait_for(process, pattern, folder):
    while process.poll() is None and not list(folder.glob(pattern)):
        time.sleep(0.05)


def metrics(folder):
    """Returns the metrics of a run without its speed."""
    content = json.loads((folder / "metrics.json").read_text())
    for logs in content["history"]:
        del logs["words_per_second"]
    return content


@pytest.fixture(scope="module")
def uninterrupted(program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted")
    return folder, end(program(folder))


def test_a_run_prints_its_own_lines_and_nothing_else(uninterrupted):
    _, (status, out, err) = uninterrupted
    assert err == ""
    assert status == 0
    assert "best epoch: " in out
    assert "WARNING" not in out


def test_a_run_that_is_killed_and_then_stopped_has_the_same_result(
    program, uninterrupted, tmp_path
):
    process = program(tmp_path)
    wait_for(process, "checkpoints/state-1.npz", tmp_path)
    process.kill()
    assert end(process)[0] == -signal.SIGKILL
    process = program(tmp_path)
    wait_for(process, "checkpoints/state-3.npz", tmp_path)
    process.terminate()
    status, out, err = end(process)
    assert (status, err) == (128 + signal.SIGTERM, "")
    assert "continuing after " in out
    assert "stopped by SIGTERM after " in out
    status, out, err = end(program(tmp_path))
    assert (status, err) == (0, "")
    assert "continuing after " in out
    assert metrics(tmp_path) == metrics(uninterrupted[0])


def test_a_run_that_filled_the_disk_continues_once_there_is_room(program, mount):
    small_disk = mount("size=300k")
    # This leaves room for the flags but not for the model.
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(260 * 1024))
    folder = small_disk / "run"
    status, _, err = end(program(folder))
    assert status == 1
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "No space left on device" in err
    assert json.loads((folder / "flags.json").read_text())
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    status, _, err = end(program(folder))
    assert (status, err) == (0, "")
