"""A text that is streamed from disk is trained on as if it were in memory."""

import errno
import gc
import json
from pathlib import Path

import numpy as np
import pytest

from tf_vmfvae import data
from trainers.cli.errors import UserError
from trainers.lm.task import LMTask
from trainers.storage import text_cache
from trainers.storage.run_folder import RunFolder
from trainers.training import run as training_run


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Makes every text a large one; the folder for caches."""
    monkeypatch.setattr(text_cache, "LARGE", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches"


def test_a_run_on_a_text_on_disk_that_was_killed_ends_like_one_in_memory(
    bench, uninterrupted, tmp_path, monkeypatch, at_batch
):
    for name, texts in (("train", 13), ("valid", 7), ("test", 7)):
        lines = "\n".join(bench.texts(texts))
        (tmp_path / f"{name}.txt").write_text(lines)
    for split, shuffle in (("train", True), ("validation", False)):
        # Loaded twice, as in two processes.
        corpus = data.load("text", tmp_path, cache_dir=tmp_path / "cache")
        ids = getattr(corpus, split).to_ids(bench.model.tokenizer)
        monkeypatch.setattr(bench, split, bench.batches_of(ids, shuffle))

    def kill():
        raise KeyboardInterrupt

    bench.start(tmp_path / "run", save_seconds=-1.0)
    with pytest.raises(KeyboardInterrupt):
        bench.fit(at_batch(2, 3, kill))
    loop = bench.start(tmp_path / "run")
    assert loop.resume()
    assert (loop.progress.epoch, loop.progress.batch) == (1, 2)
    bench.fit()
    np.testing.assert_equal(bench.outcome(), uninterrupted)


def test_a_finished_run_reads_a_text_from_disk_as_the_same_text(finished, cache):
    assert finished.report in finished.run()
    assert len(list(cache.rglob("text.json"))) == 1


def test_a_run_on_a_text_on_disk_has_the_figures_of_one_in_memory(
    finished, cache, tmp_path
):
    printed = finished.run(tmp_path / "run")
    assert finished.report in printed
    expected, found = (
        json.loads((path / "metrics.json").read_text())
        for path in (finished.folder.path, tmp_path / "run")
    )
    for metrics in (expected, found):
        for logs in metrics["history"]:
            del logs["words_per_second"]
    assert found == expected


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


def test_only_a_large_text_is_encoded(tmp_path, monkeypatch):
    file = tmp_path / "text.txt"
    file.write_bytes(b"a a\n" * 10)
    monkeypatch.setattr(text_cache, "LARGE", 40)
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert text_cache.text_cache("text", str(file)) is None
    assert text_cache.text_cache("ptb", str(tmp_path)) is None
    (tmp_path / "more.txt").write_bytes(b"b")
    assert text_cache.text_cache("text", str(tmp_path)) == "/caches/tf_vmfvae"
    assert text_cache.text_cache("text", str(tmp_path), labels="labels.txt") is None
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/of/mine")
    found = text_cache.text_cache("text", str(tmp_path))
    assert found == "/home/of/mine/.cache/tf_vmfvae"
