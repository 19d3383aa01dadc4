"""Where a large text is encoded, and what happens if that is not possible."""

import errno
import gc
import os
from pathlib import Path

import pytest

from trainers.cli.errors import UserError
from trainers.lm.task import LMTask
from trainers.storage import text_cache
from trainers.storage.run_folder import RunFolder
from trainers.training import run as training_run


def test_a_cache_that_cannot_be_written_is_named_and_no_run_begins(
    settings, cache, tmp_path
):
    cache.write_text("a file is in the way")
    with pytest.raises(UserError, match=r"cannot be used \(Not a directory\): .*XDG_"):
        training_run.run(LMTask(settings), RunFolder(tmp_path / "run", {}))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("lines", [3000, 60_000])
def test_a_full_disk_is_said_to_be_full_and_nothing_is_left(
    settings, cache, tmp_path, monkeypatch, mount, lines
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(mount("size=100k")))
    text = tmp_path / "text.txt"
    text.write_text("".join(f"the cat sees {i}\n" for i in range(lines)))
    task = LMTask({**settings, "data_dir": str(text)})
    with pytest.raises(OSError, match="No space left on device") as error:
        training_run.run(task, RunFolder(tmp_path / "run", {}))
    assert error.value.errno == errno.ENOSPC
    [folder] = Path(error.value.filename).iterdir()
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "run").exists()
    # Its traceback holds open files, with which the disk cannot be unmounted.
    del error
    gc.collect()


def test_labels_count_as_text_unless_they_come_through_a_pipe(tmp_path, monkeypatch):
    text, labels, pipe = (tmp_path / name for name in ("text", "labels", "pipe"))
    text.write_bytes(b"a a\n" * 10)
    labels.write_bytes(b"1\n" * 10)
    os.mkfifo(pipe)
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    for large, expected in ((60, None), (59, "/caches/tf_vmfvae")):
        monkeypatch.setattr(text_cache, "LARGE", large)
        assert text_cache.text_cache("text", str(text), str(labels)) == expected
    monkeypatch.setattr(text_cache, "LARGE", 0)
    assert text_cache.text_cache("text", str(text), str(pipe)) is None
    with pytest.raises(ValueError, match="labels is not a folder, but"):
        text_cache.text_cache("text", str(tmp_path), str(labels))


def test_only_large_documents_are_encoded(tmp_path, monkeypatch):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "text.TXT").write_bytes(b"a a\n" * 10)
    monkeypatch.setattr(text_cache, "LARGE", 80)
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert text_cache.document_cache("text", str(tmp_path)) is None
    (tmp_path / "a" / "more.txt").write_bytes(b"b")
    assert text_cache.document_cache("text", str(tmp_path)) == "/caches/tf_vmfvae"
    assert text_cache.document_cache("octis", str(tmp_path)) is None


def test_only_a_large_text_is_encoded(tmp_path, monkeypatch):
    file = tmp_path / "text.txt"
    file.write_bytes(b"a a\n" * 10)
    monkeypatch.setattr(text_cache, "LARGE", 40)
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert text_cache.text_cache("text", str(file)) is None
    assert text_cache.text_cache("ptb", str(tmp_path)) is None
    (tmp_path / "more.txt").write_bytes(b"b")
    assert text_cache.text_cache("text", str(tmp_path)) == "/caches/tf_vmfvae"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/of/mine")
    found = text_cache.text_cache("text", str(tmp_path))
    assert found == "/home/of/mine/.cache/tf_vmfvae"
