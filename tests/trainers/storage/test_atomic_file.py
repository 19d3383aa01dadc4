"""Files are written completely or not at all, and never through a link."""

import errno
import os

import pytest

from trainers.storage.atomic_file import atomic_file, delete_partial_files, is_partial


def write(path, text="new"):
    with atomic_file(path) as partial:
        partial.write_text(text)


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_link_is_replaced_and_its_target_left_alone(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "metrics.json").symlink_to(precious)
    write(folder / "metrics.json")
    assert (folder / "metrics.json").read_text() == "new"
    assert not (folder / "metrics.json").is_symlink()
    assert precious.read_text() == "mine"


def test_the_partial_file_s_name_cannot_be_predicted(tmp_path):
    seen = set()
    for _ in range(3):
        with atomic_file(tmp_path / "model.keras") as partial:
            assert partial.suffix == ".keras"
            seen.add(partial.name)
    assert len(seen) == 3


def test_a_link_in_place_of_the_partial_file_is_not_written_through(
    tmp_path, monkeypatch
):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    monkeypatch.setattr("secrets.token_hex", lambda _: "guessed")
    (tmp_path / ".partial-guessed-metrics.json").symlink_to(precious)
    with pytest.raises(OSError, match="File exists"):
        write(tmp_path / "metrics.json")
    assert precious.read_text() == "mine"
    assert not (tmp_path / "metrics.json").exists()


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_a_full_disk_at_any_step_leaves_the_old_file(tmp_path, monkeypatch, call):
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


def test_a_folder_that_cannot_be_synchronised_is_written_anyway(tmp_path, monkeypatch):
    fsync = os.fsync

    def only_files(descriptor):
        if os.path.isdir(f"/dev/fd/{descriptor}"):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", only_files)
    write(tmp_path / "metrics.json")
    assert names(tmp_path) == ["metrics.json"]


def test_only_partial_files_of_killed_processes_are_deleted(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / ".partial-0123-model.keras").write_text("half")
    # The name that earlier versions used.
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
