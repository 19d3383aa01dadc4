"""A run folder belongs to one run and one process, and is never half-written."""

import errno
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from trainers.cli.errors import UserError
from trainers.storage.run_folder import RunFolder

ROOT = pathlib.Path(__file__).parents[3]
FLAGS = {"latent": "vmf", "kappa": 40.0}
METRICS = {"train": {}, "validation": {}, "test": {}}


def opened(path, flags=FLAGS):
    folder = RunFolder(path, flags)
    folder.open()
    return folder


def flags_in(path):
    return json.loads((path / "flags.json").read_text())["flags"]


def contents(path):
    return {
        file.relative_to(path): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file()
    }


def test_nothing_is_written_before_the_folder_is_opened(tmp_path):
    folder = RunFolder(tmp_path / "runs" / "one", FLAGS)
    assert not (tmp_path / "runs").exists()
    folder.open()
    assert flags_in(folder.path) == FLAGS
    assert folder.metrics() is None


def test_a_run_may_start_in_an_empty_folder_or_where_one_was_killed_at_its_start(
    tmp_path,
):
    opened(tmp_path)
    (tmp_path / "flags.json").rename(tmp_path / ".partial-flags.json")
    opened(tmp_path)


def test_a_run_with_the_same_flags_is_opened_again(tmp_path):
    opened(tmp_path).write_metrics(METRICS)
    assert opened(tmp_path).metrics() == METRICS


def test_another_run_is_refused_and_the_flags_that_differ_are_named(tmp_path):
    opened(tmp_path)
    with pytest.raises(UserError) as caught:
        RunFolder(tmp_path, {"latent": "vmf", "kappa": 80.0})
    assert str(caught.value) == (
        f"--output_dir={tmp_path}: holds another run (--kappa was 40.0, now 80.0); "
        "choose another folder"
    )
    assert flags_in(tmp_path) == FLAGS


@pytest.mark.parametrize(
    "content", [b"", b'{"latent"', b"[1]", b"\xff\x00", b"[" * 9999]
)
@pytest.mark.parametrize("name", ["flags.json", "metrics.json"])
def test_a_damaged_file_is_refused_by_name_and_left_alone(tmp_path, name, content):
    opened(tmp_path).write_metrics(METRICS)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=name):
        RunFolder(tmp_path, FLAGS).metrics()
    assert (tmp_path / name).read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [
        {"flags": {"kappa": [40.0]}},
        {"flags": {"kappa": {"value": 40.0}}},
        {"kappa": [40.0]},
        {"flags": FLAGS, "given": "kappa"},
        {"flags": FLAGS, "given": [1]},
        {"flags": FLAGS, "text": ["train"]},
        {"flags": FLAGS, "text": {"train": "0123"}},
        {"flags": FLAGS, "text": {"train": {"count": "12", "hash": "0123"}}},
        {"flags": FLAGS, "text": {"train": {"count": 12}}},
        {"flags": FLAGS, "version": 1},
        {"flags": FLAGS, "released": "yes"},
    ],
)
def test_a_flags_json_that_no_run_wrote_is_refused_by_name(tmp_path, content):
    (tmp_path / "flags.json").write_text(json.dumps(content))
    before = contents(tmp_path)
    with pytest.raises(UserError, match=r"flags\.json: is not what a run wrote"):
        RunFolder(tmp_path, FLAGS)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"test": None},
        {"test": [1]},
        {"test": "good"},
        {"test": {"nll": "5.0"}},
        {"test": {"nll": None}},
        {"test": {"nll": True}},
        {"test": {"nll": 10**400}},
        {"test": {}},
        {"train": 3},
        {"train": {"nll": []}},
        {"validation": {"nll": {"mean": "low"}}},
        {"best_epoch": "first"},
        {"best_epoch": [1]},
        {"entropy": {}},
        {"history": {"nll": 1}},
    ],
)
def test_a_metrics_json_that_no_run_wrote_is_refused_by_name(tmp_path, changes):
    figures = {"nll": 5.0}
    metrics = {"train": figures, "validation": figures, "test": figures, **changes}
    opened(tmp_path).write_metrics(metrics)
    with pytest.raises(UserError, match=r"metrics\.json: is not what a run wrote"):
        RunFolder(tmp_path, FLAGS).metrics(["nll"])


def test_metrics_without_a_training_split_are_read(tmp_path):
    metrics = {"validation": {"nll": 5.0}, "test": {"nll": 6, "ppl": 7.5}}
    opened(tmp_path).write_metrics(metrics)
    assert RunFolder(tmp_path, FLAGS).metrics(["nll"]) == metrics


def test_metrics_of_another_program_are_refused_by_name(tmp_path):
    opened(tmp_path)
    (tmp_path / "metrics.json").write_text('{"accuracy": 1}')
    with pytest.raises(UserError, match=r"metrics\.json"):
        RunFolder(tmp_path, FLAGS).metrics()


def test_a_folder_that_cannot_be_made_is_refused_by_name(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", "runs")

    monkeypatch.setattr(pathlib.Path, "mkdir", refuse)
    folder = RunFolder(tmp_path / "runs", FLAGS)
    with pytest.raises(UserError, match=r"--output_dir=.*: Permission denied$"):
        folder.open()


def test_a_model_that_cannot_be_saved_completely_does_not_replace_the_old_one(tmp_path):
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


def test_one_process_at_a_time_has_the_folder(tmp_path):
    first = opened(tmp_path)
    with pytest.raises(UserError, match=rf"is in use by process {os.getpid()} on "):
        opened(tmp_path)
    first.close()
    opened(tmp_path).close()


def test_a_killed_process_loses_its_lock(tmp_path):
    code = (
        "import sys; from trainers.storage.run_folder import RunFolder; "
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


def test_a_file_system_without_locks_can_be_used(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    opened(tmp_path)


@pytest.mark.parametrize("name", ["lock", ".partial-flags.json", ".partial-0-lock"])
@pytest.mark.parametrize("kind", ["symbolic", "hard"])
def test_links_in_a_new_folder_are_never_written_through(tmp_path, name, kind):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    folder = tmp_path / "run"
    folder.mkdir()
    if kind == "symbolic":
        (folder / name).symlink_to(precious)
    else:
        os.link(precious, folder / name)
    if (kind, name) in (("symbolic", name), ("hard", "lock")):
        with pytest.raises(UserError, match="--output_dir=") as caught:
            opened(folder)
        assert "\n" not in str(caught.value)
        assert [file.name for file in folder.iterdir()] == [name]
    else:
        opened(folder)
    assert precious.read_text() == "mine"


def test_a_link_in_place_of_the_lock_is_refused(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    folder = tmp_path / "run"
    opened(folder)
    (folder / "lock").unlink()
    (folder / "lock").symlink_to(precious)
    with pytest.raises(UserError, match="is not the lock file of a run"):
        opened(folder)
    assert precious.read_text() == "mine"


def test_partial_files_of_killed_runs_are_deleted(tmp_path):
    opened(tmp_path).close()
    checkpoints = tmp_path / "checkpoints"
    checkpoints.mkdir()
    for folder in (tmp_path, checkpoints):
        (folder / ".partial-0123-model.keras").write_text("half")
    opened(tmp_path)
    assert not list(tmp_path.rglob(".partial-*"))


def test_the_slower_of_two_different_runs_in_a_new_folder_is_refused(tmp_path):
    fast, slow = (RunFolder(tmp_path, {"kappa": kappa}) for kappa in (40.0, 80.0))
    fast.open()
    fast.write_metrics(METRICS)
    fast.close()
    before = contents(tmp_path)
    with pytest.raises(UserError, match=r"--kappa was 40\.0, now 80\.0"):
        slow.open()
    assert contents(tmp_path) == before
    # The refused run does not keep the lock.
    RunFolder(tmp_path, {"kappa": 40.0}).open()


def test_the_slower_of_two_equal_runs_finds_a_finished_run(tmp_path):
    fast, slow = (RunFolder(tmp_path, FLAGS) for _ in range(2))
    fast.open()
    fast.write_metrics(METRICS)
    fast.close()
    slow.open()
    assert slow.metrics() == METRICS


def test_a_folder_that_has_been_filled_since_is_refused(tmp_path):
    folder = RunFolder(tmp_path, FLAGS)
    (tmp_path / "photo.jpg").write_text("mine")
    with pytest.raises(UserError, match="is not empty and holds no run"):
        folder.open()
    assert not (tmp_path / "flags.json").exists()


def test_deleting_the_lock_file_lets_nobody_in(tmp_path):
    first = opened(tmp_path)
    (tmp_path / "lock").unlink()
    with pytest.raises(UserError, match="is in use by another process"):
        opened(tmp_path)
    first.write_metrics(METRICS)


def test_nothing_is_written_into_a_folder_that_replaced_the_run_s(tmp_path):
    folder = opened(tmp_path / "run")
    shutil.move(tmp_path / "run", tmp_path / "moved")
    other = opened(tmp_path / "run", {"kappa": 1.0})
    with pytest.raises(OSError, match="was replaced during the run"):
        folder.write_metrics(METRICS)
    assert other.metrics() is None


def test_the_folder_may_be_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "disk")
    opened(tmp_path / "run").write_metrics(METRICS)
    assert (tmp_path / "disk" / "metrics.json").exists()


def test_a_broken_link_is_refused(tmp_path):
    (tmp_path / "run").symlink_to(tmp_path / "absent")
    with pytest.raises(UserError, match="is not a folder"):
        opened(tmp_path / "run")
