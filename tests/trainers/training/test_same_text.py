"""A run reads only the text that it was started with, and so do all its workers."""

import json
import shutil

import pytest

from trainers.cli.errors import UserError
from trainers.cli.run_flags import identity
from trainers.devices.agreement import Agreement
from trainers.lm.task import LMTask


def change_line(text):
    return text.replace("the cat sees it", "the cat hears it", 1)


def leave_out_a_line(text):
    return text.partition("\n")[2]


@pytest.mark.parametrize("part", ["train", "valid", "test"])
@pytest.mark.parametrize("change", [change_line, leave_out_a_line])
def test_figures_are_not_reported_for_another_text(
    finished, copied, part, change, state_of
):
    file = copied / f"{part}.txt"
    file.write_text(change(file.read_text()))
    before = state_of(finished.folder.path)
    with pytest.raises(UserError, match=rf"--data_dir={copied}: its ") as caught:
        finished.run(data_dir=str(copied))
    assert "\n" not in str(caught.value)
    assert part in str(caught.value)
    assert state_of(finished.folder.path) == before


def test_the_text_may_move(finished, copied):
    assert finished.run(data_dir=str(copied)).endswith(finished.report)


def test_a_stopped_run_is_not_resumed_on_another_text(
    finished, copied, tmp_path, monkeypatch, state_of
):
    """Not even if the text has the same number of words, but different ones."""
    path = tmp_path / "run"
    shutil.copytree(finished.folder.path, path)
    (path / "metrics.json").unlink()
    before = state_of(path)

    def never(*_):
        raise AssertionError("another text was read by a model")

    monkeypatch.setattr(LMTask, "make_model", never)
    words = {"cat": "fox", "dog": "owl", "bird": "eel"}
    for changes, names in (
        (words, ["training set", "vocabulary"]),
        (
            {"fox": "cat", "owl": "cow"},
            ["vocabulary (13 words as before, but different ones)"],
        ),
        (
            {"\nthe": "\n"},
            ["training set (24 examples as before, but different ones)"],
        ),
    ):
        for file in copied.iterdir():
            text = file.read_text()
            for old, new in changes.items():
                text = text.replace(old, new)
            file.write_text(text)
        with pytest.raises(UserError, match=r"(is|are) not what the run") as caught:
            finished.run(path, data_dir=str(copied))
        for name in names:
            assert name in str(caught.value)
        assert state_of(path) == before


def make_older(path, flags):
    """Writes flags.json in the form of earlier versions."""
    (path / "flags.json").write_text(json.dumps(flags))


def test_an_older_finished_run_is_reported_if_its_text_seems_to_fit(
    finished, copied, tmp_path, state_of
):
    path = tmp_path / "run"
    shutil.copytree(finished.folder.path, path)
    make_older(path, identity(finished.settings))
    before = state_of(path)
    printed = finished.run(path)
    assert printed.endswith(finished.report)
    assert "as far as its files show, it read this one" in printed
    # A text with another number of examples, or with other words, is refused.
    original = (copied / "test.txt").read_text()
    (copied / "test.txt").write_text(leave_out_a_line(original))
    with pytest.raises(UserError, match="its test split is not what the run"):
        finished.run(path, data_dir=str(copied))
    (copied / "test.txt").write_text(original)
    text = (copied / "train.txt").read_text()
    (copied / "train.txt").write_text(text.replace("cat", "fox"))
    with pytest.raises(UserError, match="its vocabulary is not what the run"):
        finished.run(path, data_dir=str(copied))
    assert state_of(path) == before


def test_an_older_stopped_run_is_resumed_if_its_text_fits(
    finished, copied, tmp_path, state_of
):
    """Only then is the text recorded."""
    path = tmp_path / "run"
    shutil.copytree(finished.folder.path, path)
    (path / "metrics.json").unlink()
    make_older(path, identity(finished.settings))
    before = state_of(path)
    text = (copied / "train.txt").read_text()
    # With a best model, other words and additional words are noticed.
    for other in (text.replace("cat", "fox"), f"{text}the bear sees the bear\n"):
        (copied / "train.txt").write_text(other)
        with pytest.raises(UserError, match="its vocabulary is not what the run"):
            finished.run(path, data_dir=str(copied))
        assert state_of(path) == before
    # Without one, the checkpoint does not fit.
    model = (path / "model.keras").rename(tmp_path / "model.keras")
    checkpoints = state_of(path / "checkpoints")
    with pytest.raises(UserError, match="was saved for another model"):
        finished.run(path, data_dir=str(copied))
    assert state_of(path / "checkpoints") == checkpoints
    assert "text" not in json.loads((path / "flags.json").read_text())

    model.rename(path / "model.keras")
    printed = finished.run(path)
    assert "did not record its text; now recorded: that of --data_dir=" in printed
    assert "continuing after epoch 2" in printed
    assert printed.endswith(finished.report)
    content = json.loads((path / "flags.json").read_text())
    assert content["flags"] == identity(finished.settings)
    assert content["text"]["train"]["count"] == 24


def test_workers_with_different_texts_do_not_train_together(
    finished, tmp_path, monkeypatch
):
    monkeypatch.setattr(Agreement, "gather", lambda _, number: [number, number + 1])
    with pytest.raises(UserError, match="another worker has different flags"):
        finished.run(tmp_path / "run")


def test_a_finished_run_reads_a_text_from_disk_as_the_same_text(finished, cache):
    assert finished.report in finished.run()
    assert len(list(cache.rglob("text.json"))) == 1


def test_a_run_on_a_text_on_disk_has_the_figures_of_one_in_memory(
    finished, cache, tmp_path, assert_same_figures
):
    printed = finished.run(tmp_path / "run")
    assert finished.report in printed
    expected, found = (
        json.loads((path / "metrics.json").read_text())
        for path in (finished.folder.path, tmp_path / "run")
    )
    assert_same_figures(found, expected)
