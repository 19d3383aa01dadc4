import re

import numpy as np
import pytest

from tf_vmfvae import data
from tf_vmfvae.data.files.feature_file import read_features

TRAIN = "".join(f"{i % 2} 1:{i + 1} {i % 3 + 1}:1\n" for i in range(24))
FILES = {
    "train.feat": TRAIN,
    "test.feat": "1 2:3\n0\n1 3:1\n",
    "vocab.new": "a\nb\nc\n",
}


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    """A folder with a small 20ng and a small rcv1, and an empty TFDS folder."""
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
def test_a_published_corpus_is_read_completely(data_dir, name):
    corpus = data.load_documents(name, data_dir)

    assert corpus.vocabulary == ["a", "b", "c"]
    assert len(corpus.train) + len(corpus.validation) == 24
    counts = np.add(total(corpus.train), total(corpus.validation)).tolist()
    assert counts == [sum(range(1, 25)) + 8, 8, 8]
    assert total(corpus.test) == [0, 3, 1]
    assert corpus.test.labels.tolist() == ["1", "1"]
    assert any("1 of 3 test documents have no known word" in n for n in corpus.notes)


def test_changed_files_make_another_corpus(data_dir):
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
        ("9" * 5000 + ":1 1:1", f"begins with '{'9' * 40}': a label comes first"),
        ("\0\0 1:1", "begins with a zero byte"),
        ("1 1:1\0", "a count is a whole number of at least 1"),
        ("1 1:1\x1c2:1", "is no label followed by pairs"),
        ("caf\udce9 1:1", "is not UTF-8 text"),
    ],
)
def test_a_bad_line_is_refused_by_file_and_number(data_dir, line, message):
    content = f"1 1:1\n\n{line}\n1 2:1\n".encode(errors="surrogateescape")
    (data_dir / "20ng" / "train.feat").write_bytes(content)
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
        ("a\nb" + "x" * 9000 + " c d\n", "line 2: 'bx{39}' is no word"),
        ("\u00e9\nb\ne\u0301\n", "line 3: '\u00e9' is line 1 too"),
        ("a\nb\0\nc\n", "line 2: contains a zero byte"),
        ("a\nb\n", r"train\.feat, line 3: word 3 is not in the vocabulary"),
    ],
)
def test_a_bad_vocabulary_is_refused(data_dir, content, message):
    (data_dir / "20ng" / "vocab.new").write_text(content, "utf-8")
    with pytest.raises(ValueError, match=message):
        data.load_documents("20ng", data_dir)


def test_a_missing_file_is_refused_by_name(data_dir):
    (data_dir / "rcv1" / "vocab.new").unlink()
    with pytest.raises(ValueError, match=r"rcv1/vocab\.new does not exist"):
        data.load_documents("rcv1", data_dir)


def test_without_its_files_the_error_says_where_to_get_rcv1(tmp_path):
    with pytest.raises(ValueError, match=r"rcv1/train\.feat: Get train\.feat") as error:
        data.load_documents("rcv1", tmp_path)
    assert "--data_dir" in str(error.value)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("test.feat", "1\n2\n", "dataset 20ng in {}: the test part has no document"),
        ("test.feat", "", "{}/20ng/test.feat has no document: write one a line"),
        ("train.feat", "\n \n", "{}/20ng/train.feat has no document: write one a li"),
        ("train.feat", "1 1:1\n", "dataset 20ng in {}: the train part has 1 document"),
        ("train.feat", "1 1:1\n2\n", "the train part has 1 document with a known"),
    ],
)
def test_files_without_enough_documents_are_named(data_dir, file, content, message):
    (data_dir / "20ng" / file).write_text(content)
    with pytest.raises(ValueError, match=re.escape(message.format(data_dir))) as error:
        data.load_documents("20ng", data_dir)
    assert "\n" not in str(error.value)


def test_a_single_document_cannot_be_split():
    with pytest.raises(
        ValueError, match=r"Documents.split needs at least two .* are 1"
    ):
        data.Documents.from_rows([[(1, 1)]]).split(2, seed=0)


def test_byte_order_marks_and_crlf_do_not_change_a_published_corpus(data_dir):
    plain = data.load_documents("20ng", data_dir)
    for name, content in FILES.items():
        marked = "\ufeff" + content.replace("\n", "\r\n")
        (data_dir / "20ng" / name).write_bytes(marked.encode())
    marked = data.load_documents("20ng", data_dir)

    assert marked.vocabulary == plain.vocabulary
    for split in ("train", "validation", "test"):
        ours, expected = getattr(marked, split), getattr(plain, split)
        np.testing.assert_array_equal(ours.pairs, expected.pairs)
        np.testing.assert_array_equal(ours.labels, expected.labels)


def test_counts_of_a_word_that_occurs_twice_in_a_line_are_added_up(tmp_path):
    (tmp_path / "f").write_text("a 3:2 1:1 3:4\nb 2:1 1:1\n")
    pairs = [pairs.tolist() for _, pairs in read_features(tmp_path / "f", 3)]

    assert pairs == [[[1, 1], [3, 6]], [[2, 1], [1, 1]]]
