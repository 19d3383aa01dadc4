"""Bags of words: files, folders, batches, what is wrong with them."""

import numpy as np
import pytest

from tf_vmfvae import data
from tf_vmfvae.data.feature_file import read_features, read_vocabulary

TRAIN = "".join(f"{i % 2} 1:{i + 1} {i % 3 + 1}:1\n" for i in range(24))
FILES = {
    "train.feat": TRAIN,
    "test.feat": "1 2:3\n0\n1 3:1\n",
    "vocab.new": "a\nb\nc\n",
}


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    """A folder with a small 20ng, and a TFDS folder of the test's own."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    folder = tmp_path / "data"
    for name in ("20ng", "rcv1"):
        (folder / name).mkdir(parents=True)
        for file, content in FILES.items():
            (folder / name / file).write_text(content)
    return folder


def total(documents):
    return documents.matrix(3).toarray().sum(axis=0).tolist()


@pytest.mark.parametrize("name", ["20ng", "rcv1"])
def test_a_published_corpus_is_read_whole(data_dir, name):
    corpus = data.load_documents(name, data_dir)

    assert corpus.vocabulary == ["a", "b", "c"]
    assert len(corpus.train) + len(corpus.validation) == 24
    counts = np.add(total(corpus.train), total(corpus.validation)).tolist()
    assert counts == [sum(range(1, 25)) + 8, 8, 8]
    assert total(corpus.test) == [0, 3, 1]
    assert corpus.test.labels.tolist() == ["1", "1"]
    assert any("1 of 3 test documents have no known word" in n for n in corpus.notes)


def test_other_files_are_another_corpus(data_dir):
    data.load_documents("20ng", data_dir)
    (data_dir / "20ng" / "test.feat").write_text("1 1:7\n")

    assert total(data.load_documents("20ng", data_dir).test) == [7, 0, 0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 0:2", "'0:2': words are numbered from 1"),
        ("1 -3:2", "'-3:2': words are numbered from 1"),
        ("1 2:1 4:1", "word 4 is not in the vocabulary, whose 3 words"),
        ("1 2:-1", "'2:-1': a count is a whole number of at least 1"),
        ("1 2:0", "'2:0': a count is a whole number of at least 1"),
        ("1 2:1.5", "'2:1.5': a count is a whole number of at least 1"),
        ("1 2:x", "'2:x': a count is a whole number of at least 1"),
        ("1 two:1", "'two:1' is no pair word:count"),
        ("1 2", "'2' is no pair word:count"),
        ("2:1 3:1", "begins with '2:1': a label comes first"),
        ("1 99999999999999999999:1", "is no pair word:count"),
    ],
)
def test_a_bad_line_is_named(data_dir, line, message):
    (data_dir / "20ng" / "train.feat").write_text(f"1 1:1\n\n{line}\n1 2:1\n")
    with pytest.raises(ValueError, match=r"20ng/train\.feat, line 3: ") as error:
        data.load_documents("20ng", data_dir)

    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\nb\na\n", "line 3: 'a' is line 1 too"),
        ("a\n\nb\n", "line 2: '' is no word"),
        ("", "is empty"),
        ("a\nb\n", r"train\.feat, line 3: word 3 is not in the vocabulary"),
    ],
)
def test_a_bad_vocabulary(data_dir, content, message):
    (data_dir / "20ng" / "vocab.new").write_text(content)
    with pytest.raises(ValueError, match=message):
        data.load_documents("20ng", data_dir)


def test_a_missing_file(data_dir):
    (data_dir / "rcv1" / "vocab.new").unlink()
    with pytest.raises(ValueError, match=r"rcv1/vocab\.new does not exist"):
        data.load_documents("rcv1", data_dir)


def test_where_rcv1_is_to_be_had(tmp_path):
    with pytest.raises(ValueError, match=r"rcv1/train\.feat: Get train\.feat") as error:
        data.load_documents("rcv1", tmp_path)
    assert "--data_dir" in str(error.value)


def test_all_documents_empty(data_dir):
    (data_dir / "20ng" / "test.feat").write_text("1\n2\n")
    with pytest.raises(ValueError, match="the test part has no document"):
        data.load_documents("20ng", data_dir)


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
