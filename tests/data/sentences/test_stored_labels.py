"""Labels of sentences that stay on disk."""

import json
import os
import re

import numpy as np
import pytest

from tf_vmfvae import data, layers
from tf_vmfvae.data.sentences import encoded_text, text_cache
from trainers.storage import fingerprint

SPLITS = "train", "validation", "test"
NAMES = "10", "9", "bad mood", "\u00fcber"


@pytest.fixture
def text(tmp_path):
    return write(tmp_path / "text.txt", 90)


@pytest.fixture
def labels(tmp_path):
    return write_labels(tmp_path / "labels.txt", 90)


@pytest.fixture
def load(text, labels, tmp_path):
    """Returns a function that loads text and labels from disk."""

    def loaded(**options):
        given = {"labels": labels, "cache_dir": tmp_path / "cache", **options}
        return data.load("text", text, **given)

    return loaded


def write(path, count):
    path.write_text("".join(f"{'the ' * (i % 5)}cat {i % 40}\n" for i in range(count)))
    return path


def write_labels(path, count, names=NAMES):
    lines = (f" {names[i * i % 7 % len(names)]} \n" for i in range(count))
    path.write_text("".join(lines), encoding="utf-8")
    return path


def assert_same(on_disk, in_memory):
    for split in SPLITS:
        found = on_disk.labels[split]
        assert (found.dtype, found.tolist()) == (np.int32, in_memory.labels[split])
        assert list(getattr(on_disk, split)) == getattr(in_memory, split)
    assert on_disk.label_names == in_memory.label_names
    assert on_disk.num_labels == in_memory.num_labels
    assert fingerprint.of_corpus(on_disk) == fingerprint.of_corpus(in_memory)
    shared = [note for note in on_disk.notes if note in in_memory.notes]
    assert tuple(shared) == in_memory.notes


def test_labels_on_disk_are_those_in_memory(load):
    in_memory = load(cache_dir=None, max_length=3)
    assert in_memory.num_labels == 3
    # Encoded, and then read again.
    for _ in range(2):
        assert_same(load(max_length=3), in_memory)


@pytest.mark.parametrize("files", [("train", "test"), ("train", "dev", "test"), "ab"])
def test_the_labels_of_a_folder_are_split_as_in_memory(tmp_path, files):
    folders = tmp_path / "texts", tmp_path / "labels"
    for folder, fill in zip(folders, (write, write_labels), strict=True):
        folder.mkdir()
        for number, name in enumerate(files):
            fill(folder / f"{name}.txt", 40 + number)
    text, labels = folders
    in_memory = data.load("text", text, labels=labels)
    assert_same(
        data.load("text", text, labels=labels, cache_dir=tmp_path / "cache"), in_memory
    )


@pytest.mark.parametrize("shuffle", [True, False])
def test_labelled_batches_from_disk_are_those_from_memory(load, shuffle):
    on_disk, in_memory = load(), load(cache_dir=None)
    tokenizer = layers.WordTokenizer(in_memory.vocabulary)
    condition = layers.LabelCondition(3, label_names=in_memory.label_names)
    ids = on_disk.train.to_ids(tokenizer), tokenizer(in_memory.train)
    options = {"batch_size": 8, "buckets": 3, "shuffle": shuffle, "seed": 3}
    found, joined, expected = (
        data.Batches(inputs, **options)
        for inputs in (
            {"ids": ids[0], "label": on_disk.labels["train"]},
            condition.join(ids[0], on_disk.labels["train"]),
            condition.join(ids[1], in_memory.labels["train"]),
        )
    )
    for choose in (
        lambda batches: batches.dataset(0, epochs=2),
        lambda batches: batches.dataset(2, start=1),
        lambda batches: batches.sample(3, seed=1).dataset(),
    ):
        assert as_lists(choose(found)) == as_lists(choose(expected))
        assert as_lists(choose(joined)) == as_lists(choose(expected))
    assert found.dataset().element_spec["label"].shape == (8,)


def test_stored_ids_need_a_number_each(load):
    corpus = load()
    ids = corpus.train.to_ids(layers.WordTokenizer(corpus.vocabulary))
    count = len(corpus.train)
    message = rf"ids\['label'\] has the shape \({count - 1},\): give .* of {count} ex"
    with pytest.raises(ValueError, match=message):
        data.Batches({"ids": ids, "label": corpus.labels["train"][1:]}, batch_size=8)
    message = rf"labels have the shape \({count - 1},\): give one for each of {count}"
    with pytest.raises(ValueError, match=message):
        layers.LabelCondition(3).join(ids, corpus.labels["train"][1:])


def test_labels_that_have_changed_are_encoded_again(
    load, labels, tmp_path, count_encodings
):
    load()
    write_labels(labels, 90, NAMES[::-1])
    again = load()
    assert len(count_encodings) == 2
    assert any("it or its labels have changed since" in note for note in again.notes)
    assert_same(again, load(cache_dir=None))
    assert len(list(tmp_path.glob("cache/*/text"))) == 1


def test_a_text_without_labels_is_another_encoding(load, count_encodings):
    for _ in range(2):
        assert load(labels=None).labels is None
        assert len(load().labels["train"]) == 82
    assert len(count_encodings) == 2


def test_a_text_that_an_earlier_version_encoded_is_read(
    load, tmp_path, count_encodings
):
    expected = load(labels=None)
    [file] = tmp_path.glob("cache/*/text/text.json")
    record = json.loads(file.read_text())
    # It knew no labels.
    del record["labels"]
    file.write_text(json.dumps(record))
    assert list(load(labels=None).train) == list(expected.train)
    assert len(count_encodings) == 1


@pytest.mark.parametrize("damage", ["cut", "missing"])
def test_labels_that_are_not_whole_are_encoded_again(
    load, tmp_path, count_encodings, damage
):
    expected = load()
    [file] = tmp_path.rglob("labels.i4")
    if damage == "cut":
        os.truncate(file, 100)
    else:
        file.unlink()
    np.testing.assert_equal(load().labels, expected.labels)
    assert len(count_encodings) == 2


def test_labels_that_change_while_they_are_read_are_refused(load, labels, monkeypatch):
    encode = text_cache.encode

    def change(*arguments):
        encode(*arguments)
        write_labels(labels, 90, NAMES[::-1])

    monkeypatch.setattr(text_cache, "encode", change)
    message = f"text.txt or {re.escape(str(labels))} changed while it was read: start"
    with pytest.raises(ValueError, match=message):
        load()


def test_labels_from_a_pipe_cannot_be_encoded(load, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match=r"/pipe is not a file on disk .* no cache_di"):
        load(labels=tmp_path / "pipe")


def test_the_room_for_labels_is_estimated(load, text, labels, tmp_path):
    load()
    files = [file for file in tmp_path.glob("cache/*/text/*.i4") if file.is_file()]
    assert {file.name for file in files} == {"words.i4", "lengths.i4", "labels.i4"}
    estimate = encoded_text.estimate_size(text_cache.find_files(text, labels), 100)
    assert estimate == sum(file.stat().st_size for file in files)


def as_lists(dataset):
    return [
        {name: part.numpy().tolist() for name, part in batch.items()}
        for batch in dataset
    ]
