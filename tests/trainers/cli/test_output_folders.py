"""Output folders are checked before long work, and written completely or not at all."""

import os
import pathlib

import pytest

from trainers.cli import paths
from trainers.cli.errors import RunFailed, UserError
from trainers.storage import atomic_folder

BAD = {
    "file": "is not a folder",
    "below_a_file": "is not a folder",
    "broken_link": "is a link to something that does not exist",
    "loop": "Too many levels of symbolic links",
    "long": "File name too long",
    "pipe": "is not a folder",
    "device": "is not a folder",
    "kernel": "cannot be made in /proc",
}


@pytest.fixture(params=BAD)
def bad_folder(request, tmp_path, monkeypatch):
    """A path that cannot become a folder, and the reason."""
    monkeypatch.chdir(tmp_path)
    kind = request.param
    if kind in ("file", "below_a_file"):
        pathlib.Path("file").write_text("mine")
    elif kind == "broken_link":
        os.symlink("nothing", kind)
    elif kind == "loop":
        os.symlink(kind, kind)
    elif kind == "pipe":
        os.mkfifo(kind)
    path = {
        "below_a_file": "file/folder/folder",
        "long": "x" * 300,
        "device": "/dev/null",
        "kernel": "/proc/folder",
    }
    return path.get(kind, kind), BAD[kind]


@pytest.mark.parametrize(
    "check",
    [paths.check_output_folder, paths.make_output_folder, atomic_folder.check_new],
)
def test_a_path_that_cannot_become_a_folder_is_refused_and_left_alone(
    bad_folder, tmp_path, check
):
    path, complaint = bad_folder
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError) as caught:
        check(path)
    message = str(caught.value)
    assert message.startswith(f"--output_dir={path}: ")
    assert complaint in message
    assert "\n" not in message
    assert sorted(tmp_path.rglob("*")) == before


def test_a_read_only_file_system_is_refused(mount):
    read_only = mount("ro,size=300k")
    for path in (read_only, read_only / "new" / "folder"):
        for check in (paths.check_output_folder, atomic_folder.check_new):
            with pytest.raises(UserError, match="Read-only file system"):
                check(path)


def test_a_name_below_a_deleted_folder_is_refused(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for check in (paths.check_output_folder, atomic_folder.check_new):
        with pytest.raises(UserError, match=r"^--output_dir=new: the current folder"):
            check("new")


def test_a_check_leaves_nothing_behind(tmp_path):
    for path in (tmp_path, tmp_path / "new" / "folder"):
        paths.check_output_folder(path)
        atomic_folder.check_new(path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_made_with_its_parents(tmp_path):
    paths.make_output_folder(tmp_path / "new" / "folder")
    paths.make_output_folder(tmp_path / "new" / "folder")
    assert (tmp_path / "new" / "folder").is_dir()


def write(folder):
    pathlib.Path(folder, "variables").mkdir()
    pathlib.Path(folder, "variables", "values").write_text("1.5")
    pathlib.Path(folder, "model").write_text("a model")


def content(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


WRITTEN = ["model", "variables", "variables/values"]


@pytest.mark.parametrize("kind", ["new", "empty", "link", "half_done"])
def test_a_folder_appears_complete(tmp_path, kind):
    target = tmp_path / "above" / "target"
    if kind != "new":
        target.mkdir(parents=True)
    if kind == "half_done":
        # This is left behind by kill -9.
        (target / ".partial-x").mkdir()
    path = target
    if kind == "link":
        path = tmp_path / "link"
        path.symlink_to(target)
    with atomic_folder.atomic_folder(path) as partial:
        write(partial)
        assert not target.exists() or not content(target) or kind == "half_done"
    assert [name for name in content(target) if ".partial" not in name] == WRITTEN
    if kind != "half_done":
        assert os.listdir(tmp_path / "above") == ["target"]
    plain = tmp_path / "plain"
    plain.mkdir()
    assert target.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_after_a_failure_the_same_folder_can_be_written(tmp_path, error, is_there):
    target = tmp_path / "target"
    if is_there:
        target.mkdir()
    expected = pytest.raises((RunFailed, KeyboardInterrupt))
    with expected, atomic_folder.atomic_folder(target) as partial:
        write(partial)
        raise error
    assert not target.exists() or not content(target)
    assert [name for name in os.listdir(tmp_path) if name != "target"] == []
    with atomic_folder.atomic_folder(target) as partial:
        write(partial)
    assert content(target) == WRITTEN


def test_a_folder_that_cannot_be_replaced_is_filled(tmp_path, monkeypatch):
    """For example one that a container has mounted."""
    monkeypatch.setattr(os.path, "ismount", lambda path: True)
    target = tmp_path / "target"
    target.mkdir()
    inode = target.stat().st_ino
    with atomic_folder.atomic_folder(target) as partial:
        write(partial)
    assert content(target) == WRITTEN
    assert target.stat().st_ino == inode


def test_a_folder_that_cannot_be_replaced_is_filled_completely_or_not_at_all(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(os.path, "ismount", lambda path: True)
    rename, renamed = os.rename, []

    def fails_once(source, target):
        renamed.append(source)
        if len(renamed) == 2:
            raise OSError(5, "Input/output error")
        rename(source, target)

    target = tmp_path / "target"
    target.mkdir()
    monkeypatch.setattr(os, "rename", fails_once)
    expected = pytest.raises(RunFailed, match=r"cannot be written \(Input/output error")
    with expected, atomic_folder.atomic_folder(target) as partial:
        write(partial)
    assert content(target) == []


def test_a_folder_that_somebody_else_fills_meanwhile_is_left_alone(tmp_path):
    target = tmp_path / "target"
    expected = pytest.raises(RunFailed, match="cannot be written")
    with expected, atomic_folder.atomic_folder(target) as partial:
        write(partial)
        target.mkdir()
        (target / "theirs").write_text("theirs")
    assert content(target) == ["theirs"]
