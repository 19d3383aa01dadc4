"""One process at a time has a folder, whatever happens to its lock file."""

import errno
import fcntl
import os
import shutil

import pytest

from trainers.storage.folder_lock import FolderInUse, FolderLock


def is_folder(descriptor):
    return os.path.isdir(f"/dev/fd/{descriptor}")


@pytest.fixture
def no_folder_locks(monkeypatch):
    """Only files can be locked, as on a network file system."""
    flock = fcntl.flock

    def only_files(descriptor, operation):
        if is_folder(descriptor):
            raise OSError(errno.EBADF, "Bad file descriptor")
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", only_files)


def test_a_second_process_is_refused_and_the_first_is_named(tmp_path):
    first = FolderLock(tmp_path)
    with pytest.raises(FolderInUse, match=f"process {os.getpid()} on "):
        FolderLock(tmp_path)
    first.release()
    FolderLock(tmp_path).release()


def test_the_lock_holds_after_its_file_is_deleted(tmp_path):
    lock = FolderLock(tmp_path)
    (tmp_path / "lock").unlink()
    with pytest.raises(FolderInUse, match="another process"):
        FolderLock(tmp_path)
    lock.check()
    # The check has written the file again.
    with pytest.raises(FolderInUse, match=f"process {os.getpid()} on "):
        FolderLock(tmp_path)


def test_a_lock_on_the_file_alone_is_respected(tmp_path):
    with open(tmp_path / "lock", "w") as file:
        file.write("process 1 on elsewhere\n")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(FolderInUse, match="process 1 on elsewhere"):
            FolderLock(tmp_path)
        assert (tmp_path / "lock").read_text() == "process 1 on elsewhere\n"


@pytest.mark.usefixtures("no_folder_locks")
def test_the_file_alone_keeps_others_out_if_folders_cannot_be_locked(tmp_path):
    first = FolderLock(tmp_path)
    with pytest.raises(FolderInUse):
        FolderLock(tmp_path)
    # If the file is deleted and nobody else comes first, it is made again.
    (tmp_path / "lock").unlink()
    first.check()
    with pytest.raises(FolderInUse):
        FolderLock(tmp_path)
    # If someone else comes first, that is noticed.
    (tmp_path / "lock").unlink()
    second = FolderLock(tmp_path)
    with pytest.raises(FolderInUse):
        first.check()
    second.check()


def test_a_lock_file_that_is_deleted_while_it_is_locked_is_made_again(
    tmp_path, monkeypatch
):
    flock, deleted = fcntl.flock, []

    def lock_and_delete(descriptor, operation):
        flock(descriptor, operation)
        if not is_folder(descriptor) and not deleted:
            deleted.append(True)
            (tmp_path / "lock").unlink()

    monkeypatch.setattr(fcntl, "flock", lock_and_delete)
    lock = FolderLock(tmp_path)
    assert (tmp_path / "lock").read_text().startswith("process ")
    lock.check()


def test_a_deleted_or_replaced_folder_is_noticed(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    lock = FolderLock(folder)
    shutil.rmtree(folder)
    with pytest.raises(FileNotFoundError):
        lock.check()
    folder.mkdir()
    with pytest.raises(OSError, match="was replaced during the run") as caught:
        lock.check()
    assert caught.value.filename == str(folder)
    assert list(folder.iterdir()) == []


def make_symbolic_link(lock, precious):
    lock.symlink_to(precious)


def make_hard_link(lock, precious):
    os.link(precious, lock)


def make_folder(lock, _):
    lock.mkdir()


def make_pipe(lock, _):
    os.mkfifo(lock)


@pytest.mark.parametrize(
    "make", [make_symbolic_link, make_hard_link, make_folder, make_pipe]
)
def test_anything_else_called_lock_is_refused_and_not_written_to(tmp_path, make):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    folder = tmp_path / "run"
    folder.mkdir()
    make(folder / "lock", precious)
    with pytest.raises(OSError, match="is not the lock file of a run") as caught:
        FolderLock(folder)
    assert caught.value.filename == str(folder / "lock")
    assert precious.read_text() == "mine"
