"""Bags of words: files, folders, batches, what is wrong with them."""

import errno
import os
import pathlib

import numpy as np
import pytest

from tf_vmfvae import data
from tf_vmfvae.data.documents.own_documents import read_own_documents
from tf_vmfvae.data.files.feature_file import read_features, read_vocabulary


def test_frequencies_beside_the_words_and_spare_white_space(tmp_path):
    (tmp_path / "v").write_text("who 6494\nout\n")
    (tmp_path / "f").write_bytes(b"  1,3  2:01\t1:2 \r\n")
    [(label, pairs)] = read_features(tmp_path / "f", 2)

    assert read_vocabulary(tmp_path / "v") == ["who", "out"]
    assert (label, pairs.tolist()) == ("1,3", [[2, 1], [1, 2]])


def test_batches_hold_every_document_once_and_go_on_in_the_middle():
    rows = [[(i, i) for i in range(1, 2 + j % 5)] for j in range(23)]
    documents = data.Documents.from_rows(rows)
    batches = data.DocumentBatches(documents, batch_size=4, seed=3)
    whole = [batch.numpy() for batch in batches.dataset(epoch=1)]
    rest = [batch.numpy() for batch in batches.dataset(epoch=1, start=2)]

    assert len(whole) == len(batches) == 6
    assert sum(int((batch[:, 0, 0] != 0).sum()) for batch in whole) == 23
    assert sum(int(batch[..., 1].sum()) for batch in whole) == batches.num_words
    for one, other in zip(whole[2:], rest, strict=True):
        np.testing.assert_array_equal(one, other)
    # The one batch that is not full has its empty rows last, as all others have none.
    assert {tuple((batch[:, 0, 0] == 0).tolist()) for batch in whole} == {
        (False,) * 4,
        (False, False, False, True),
    }


def test_a_choice_of_documents():
    documents = data.Documents.from_rows([[(1, 1)], [], [(2, 2), (3, 1)]], list("abc"))
    chosen = documents[np.array([2, 0])]

    assert chosen.pairs.tolist() == [[2, 2], [3, 1], [1, 1]]
    assert chosen.labels.tolist() == ["c", "a"]
    assert chosen.num_words.tolist() == [3, 1]
    assert documents.num_words.tolist() == [1, 0, 3]
    assert len(documents[documents.num_words > 0]) == 2


def write_folder(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_a_file_of_own_documents_with_labels(tmp_path):
    lines = [f"the ball number {'goal' if i % 2 else 'rain'}" for i in range(40)]
    write_folder(
        tmp_path,
        {"d.txt": "\n".join(lines) + "\n\n", "l.txt": "\n".join("ab" * 20) + "\nc\n"},
    )
    corpus = data.load_documents(
        "text", tmp_path / "d.txt", labels=tmp_path / "l.txt", stop_words="english"
    )

    assert corpus.vocabulary == ["ball", "goal", "number", "rain"]
    parts = (corpus.train, corpus.validation, corpus.test)
    assert sum(map(len, parts)) == 40
    goal = corpus.train.matrix(4).toarray()[:, 1] > 0
    assert corpus.train.labels[goal].tolist() == ["b"] * int(goal.sum())
    assert any("have no known word" in note for note in corpus.notes)


def test_a_folder_of_folders_is_labelled(tmp_path):
    files = {f"{label}/{i}.txt": f"{label} ball" for label in ("x", "y") for i in "abc"}
    write_folder(tmp_path, files)
    corpus = data.load_documents("text", tmp_path)

    parts = (corpus.train, corpus.validation, corpus.test)
    assert sorted(np.concatenate([p.labels for p in parts])) == list("xxxyyy")


def test_byte_order_marks_and_crlf_are_not_part_of_documents_or_labels(tmp_path):
    (tmp_path / "d").write_bytes("\ufeffball\r\ngoal\u2028goal\r\nrain\r\n".encode())
    (tmp_path / "l").write_bytes("\ufeff a\r\nb \r\nc".encode())
    texts, labels, _ = read_own_documents(tmp_path / "d", tmp_path / "l")

    assert texts == ["ball", "goal\u2028goal", "rain"]
    assert labels == ["a", "b", "c"]


def test_folders_without_documents_are_noted(tmp_path):
    files = {f"{label}/{i}.TXT": "ball" for label in "xy" for i in "abc"}
    write_folder(tmp_path, {**files, "z/a.text": "rain", "readme": "rain"})
    corpus = data.load_documents("text", tmp_path)

    assert {*corpus.train.labels, *corpus.test.labels} <= {"x", "y"}
    assert any("no .txt file in z, left out" in note for note in corpus.notes)


@pytest.mark.parametrize("kind", ["folder", "link", "binary"])
def test_a_document_that_cannot_be_read_is_named(tmp_path, kind):
    write_folder(tmp_path, {f"x/{i}.txt": "ball" for i in "abc"})
    bad = tmp_path / "x" / "d.txt"
    if kind == "folder":
        bad.mkdir()
    elif kind == "link":
        bad.symlink_to(tmp_path / "absent")
    else:
        bad.write_bytes(b"\xff\xfeb\0")
    with pytest.raises(ValueError, match=r"x/d\.txt (cannot|does not|is not)") as error:
        data.load_documents("text", tmp_path)
    assert "\n" not in str(error.value)


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    write_folder(tmp_path, {f"{label}/a.txt": "ball" for label in "xyz"})
    iterdir = pathlib.Path.iterdir

    def refuse(folder):
        if folder.name == "y":
            raise PermissionError(errno.EACCES, "Permission denied")
        return iterdir(folder)

    monkeypatch.setattr(pathlib.Path, "iterdir", refuse)
    with pytest.raises(ValueError, match=r"/y cannot be read: Permission denied"):
        data.load_documents("text", tmp_path)


def test_a_label_folder_whose_name_is_not_utf_8_is_refused(tmp_path):
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    os.mkdir(folder)
    for name in "abc":
        pathlib.Path(folder, f"{name}.txt").write_text("ball")
    with pytest.raises(ValueError, match=r"folder name 'caf\\udce9' is .* not UTF-8"):
        data.load_documents("text", tmp_path)


@pytest.mark.parametrize(
    ("files", "path", "labels", "message"),
    [
        ({}, "absent", None, "absent does not exist"),
        ({"f/readme": "a"}, "f", None, "holds no .txt file"),
        ({"f/a.txt": "a", "f/b/c.txt": "a"}, "f", None, "holds both .txt files"),
        ({"d": "aa\nbb\ncc\n", "l": "1\n2\n"}, "d", "l", "l has 2 lines, .*d has 3"),
        ({"d": "aa\nbb\ncc\n", "l": "1\n\n2\n"}, "d", "l", "l, line 2: the label is"),
        ({"f/a.txt": "a", "l": "1\n"}, "f", "l", "labels go with a file"),
        ({"d": "aa\nbb\n"}, "d", None, "has 2 documents: it takes at least 3"),
        ({"d": "the\n" * 9}, "d", None, "no word of the documents"),
        ({"d": ""}, "d", None, "d is empty"),
    ],
)
def test_unusable_own_documents(tmp_path, files, path, labels, message):
    write_folder(tmp_path, files)
    with pytest.raises(ValueError, match=message) as error:
        data.load_documents(
            "text", tmp_path / path, labels=labels and tmp_path / labels
        )
    assert "\n" not in str(error.value)


def test_the_embedded_documents_have_one_topic_each():
    corpus = data.load_documents()

    assert len(set(corpus.train.labels)) == 8
    assert corpus.train.num_words.min() > 3
    rain = corpus.vocabulary.index("rain")
    with_rain = corpus.train.matrix(len(corpus.vocabulary))[:, rain].toarray()[:, 0] > 0
    shares = np.unique(corpus.train.labels[with_rain], return_counts=True)[1]
    assert shares.max() > 0.5 * shares.sum()
