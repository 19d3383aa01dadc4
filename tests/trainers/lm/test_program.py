"""`python -m trainers.lm` itself: what it prints, and what it survives."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def program(corpus_folder):
    """Returns a function that starts a small run in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # The program itself sees to it that TensorFlow keeps quiet.
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
    """Waits for a run; returns its status and what it printed."""
    try:
        out, err = process.communicate(timeout=540)
    finally:
        process.kill()
    return process.returncode, out, err


def wait_for(process, pattern, folder):
    while process.poll() is None and not list(folder.glob(pattern)):
        time.sleep(0.05)


def metrics(folder):
    """What a run came to, but for how fast it was."""
    content = json.loads((folder / "metrics.json").read_text())
    for logs in content["history"]:
        del logs["words_per_second"]
    return content


@pytest.fixture(scope="module")
def uninterrupted(program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted")
    return folder, end(program(folder))


def test_nothing_but_its_own_lines(uninterrupted):
    _, (status, out, err) = uninterrupted
    assert err == ""
    assert status == 0
    assert "best epoch: " in out
    assert "WARNING" not in out


def test_killed_and_killed_again_it_ends_the_same(program, uninterrupted, tmp_path):
    for pattern in ("checkpoints/state-1.npz", "checkpoints/state-3.npz"):
        process = program(tmp_path)
        wait_for(process, pattern, tmp_path)
        process.send_signal(signal.SIGKILL)
        assert end(process)[0] == -signal.SIGKILL
    status, out, err = end(program(tmp_path))
    assert (status, err) == (0, "")
    assert "continuing after " in out
    assert metrics(tmp_path) == metrics(uninterrupted[0])


def test_sigterm_saves_and_says_so(program, tmp_path):
    process = program(tmp_path, "--epochs=500", "--patience=0")
    wait_for(process, "checkpoints/state-1.npz", tmp_path)
    process.terminate()
    status, out, err = end(process)
    assert (status, err) == (128 + signal.SIGTERM, "")
    assert "stopped by SIGTERM after " in out


@pytest.fixture
def small_disk(tmp_path):
    """Returns a folder of so little room that no run fits in."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk takes root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk(program, small_disk):
    # Room for the flags, but for no model.
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(260 * 1024))
    folder = small_disk / "run"
    status, _, err = end(program(folder))
    assert status == 1
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "No space left on device" in err
    assert json.loads((folder / "flags.json").read_text())
    # Once there is room the same command goes on.
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    status, _, err = end(program(folder))
    assert (status, err) == (0, "")
