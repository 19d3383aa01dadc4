"""The folder that a run leaves behind."""

import errno
import fcntl
import json
import os
import pathlib
import subprocess
import sys

import pytest

from trainers.command_line import UserError
from trainers.run_folder import RunFolder

ROOT = pathlib.Path(__file__).parents[2]
FLAGS = {"latent": "vmf", "kappa": 40.0}
METRICS = {"train": {}, "validation": {}, "test": {}}


def opened(path, flags=FLAGS):
    folder = RunFolder(path, flags)
    folder.open()
    return folder


def test_nothing_is_written_before_it_is_opened(tmp_path):
    folder = RunFolder(tmp_path / "runs" / "one", FLAGS)
    assert not (tmp_path / "runs").exists()
    folder.open()
    assert json.loads((folder.path / "flags.json").read_text()) == FLAGS
    assert folder.metrics() is None


def test_an_empty_folder_will_do_and_so_will_one_of_a_run_killed_at_its_start(tmp_path):
    opened(tmp_path)
    (tmp_path / "flags.json").rename(tmp_path / ".partial-flags.json")
    opened(tmp_path)


def test_the_same_flags_go_on(tmp_path):
    opened(tmp_path).write_metrics(METRICS)
    assert opened(tmp_path).metrics() == METRICS


def test_another_run_is_refused_by_the_flags_that_differ(tmp_path):
    opened(tmp_path)
    with pytest.raises(UserError) as caught:
        RunFolder(tmp_path, {"latent": "vmf", "kappa": 80.0})
    assert str(caught.value) == (
        f"--output_dir={tmp_path}: holds another run (--kappa was 40.0, now 80.0); "
        "name another folder"
    )
    assert json.loads((tmp_path / "flags.json").read_text()) == FLAGS


@pytest.mark.parametrize(
    "content", [b"", b'{"latent"', b"[1]", b"\xff\x00", b"[" * 9999]
)
@pytest.mark.parametrize("name", ["flags.json", "metrics.json"])
def test_a_damaged_file_is_named(tmp_path, name, content):
    opened(tmp_path).write_metrics(METRICS)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=name):
        RunFolder(tmp_path, FLAGS).metrics()
    assert (tmp_path / name).read_bytes() == content


def test_metrics_of_something_else_are_named(tmp_path):
    opened(tmp_path)
    (tmp_path / "metrics.json").write_text('{"accuracy": 1}')
    with pytest.raises(UserError, match=r"metrics\.json"):
        RunFolder(tmp_path, FLAGS).metrics()


def test_a_place_that_cannot_be_written(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", "runs")

    monkeypatch.setattr(pathlib.Path, "mkdir", refuse)
    folder = RunFolder(tmp_path / "runs", FLAGS)
    with pytest.raises(UserError, match=r"--output_dir=.*: Permission denied$"):
        folder.open()


def test_a_model_that_is_not_saved_whole_does_not_replace_one_that_is(tmp_path):
    class Model:
        def save(self, path):
            pathlib.Path(path).write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    folder = opened(tmp_path)
    folder.model.write_text("whole")
    with pytest.raises(OSError, match="No space left") as caught:
        folder.save_model(Model())
    assert caught.value.filename == str(folder.model)
    assert folder.model.read_text() == "whole"
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "flags.json",
        "lock",
        "model.keras",
    ]


def test_one_process_at_a_time(tmp_path):
    first = opened(tmp_path)
    with pytest.raises(UserError, match=rf"is in use by process {os.getpid()} on "):
        opened(tmp_path)
    first.close()
    opened(tmp_path).close()


def test_the_lock_of_a_killed_process_is_no_lock(tmp_path):
    code = (
        "import sys; from trainers.run_folder import RunFolder; "
        f"folder = RunFolder(sys.argv[1], {FLAGS!r}); folder.open(); "
        "print('open', flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "open\n"
        with pytest.raises(UserError, match=rf"in use by process {process.pid} on "):
            opened(tmp_path)
    finally:
        process.kill()
        process.communicate()
    opened(tmp_path)


def test_a_file_system_without_locks_is_used_as_it_is(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    opened(tmp_path)
