"""Files that are there whole or not at all, and nothing that is written through."""

import errno
import os

import pytest

from trainers.storage.atomic_file import atomic_file, delete_partial_files, is_partial


def write(path, text="new"):
    with atomic_file(path) as partial:
        partial.write_text(text)


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_link_of_the_name_is_replaced_and_what_it_points_to_stays(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "metrics.json").symlink_to(precious)
    write(folder / "metrics.json")
    assert (folder / "metrics.json").read_text() == "new"
    assert not (folder / "metrics.json").is_symlink()
    assert precious.read_text() == "mine"


def test_the_name_on_the_way_cannot_be_known_beforehand(tmp_path):
    seen = set()
    for _ in range(3):
        with atomic_file(tmp_path / "model.keras") as partial:
            assert partial.suffix == ".keras"
            seen.add(partial.name)
    assert len(seen) == 3


def test_a_name_that_is_taken_is_not_written_through(tmp_path, monkeypatch):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    monkeypatch.setattr("secrets.token_hex", lambda _: "guessed")
    (tmp_path / ".partial-guessed-metrics.json").symlink_to(precious)
    with pytest.raises(OSError, match="File exists"):
        write(tmp_path / "metrics.json")
    assert precious.read_text() == "mine"
    assert not (tmp_path / "metrics.json").exists()


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_a_full_disk_at_any_step_leaves_what_was_there(tmp_path, monkeypatch, call):
    file = tmp_path / "metrics.json"
    file.write_text("old")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(OSError, match="No space left on device") as caught:
            write(file)
    assert caught.value.filename == str(file)
    assert file.read_text() == "old"
    assert names(tmp_path) == ["metrics.json"]


def test_a_folder_that_cannot_be_synchronised_is_written_all_the_same(
    tmp_path, monkeypatch
):
    fsync = os.fsync

    def files_alone(descriptor):
        if os.path.isdir(f"/dev/fd/{descriptor}"):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", files_alone)
    write(tmp_path / "metrics.json")
    assert names(tmp_path) == ["metrics.json"]


def test_what_killed_processes_left_is_deleted_and_nothing_else(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / ".partial-0123-model.keras").write_text("half")
    # As earlier versions named it.
    (tmp_path / ".partial-flags.json").write_text("half")
    (tmp_path / ".partial-link").symlink_to(precious)
    (tmp_path / ".partial-folder").mkdir()
    (tmp_path / "model.keras").write_text("whole")
    delete_partial_files(tmp_path)
    assert names(tmp_path) == [
        ".partial-folder",
        ".partial-link",
        "model.keras",
        "precious",
    ]
    assert precious.read_text() == "mine"
    assert not is_partial(tmp_path / ".partial-link")
    delete_partial_files(tmp_path / "absent")
