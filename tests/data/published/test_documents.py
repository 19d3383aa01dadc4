import re

import numpy as np
import pytest

from tf_vmfvae import data

TRAIN = "".join(f"{i % 2} 1:{i + 1} {i % 3 + 1}:1\n" for i in range(24))
FILES = {
    "train.feat": TRAIN,
    "test.feat": "1 2:3\n0\n1 3:1\n",
    "vocab.new": "a\nb\nc\n",
}


@pytest.fixture
def data_dir(tmp_path):
    """A folder with a small 20ng and a small rcv1."""
    folder = tmp_path / "data"
    for name in ("20ng", "rcv1"):
        (folder / name).mkdir(parents=True)
        for file, content in FILES.items():
            (folder / name / file).write_text(content)
    return folder


def total(documents):
    return documents.matrix(3).toarray().sum(axis=0).tolist()


@pytest.mark.parametrize("name", ["20ng", "rcv1"])
def test_every_document_with_a_known_word_is_read(data_dir, name):
    corpus = data.load_documents(name, data_dir)

    assert corpus.vocabulary == ["a", "b", "c"]
    assert len(corpus.train) + len(corpus.validation) == 24
    counts = np.add(total(corpus.train), total(corpus.validation)).tolist()
    assert counts == [sum(range(1, 25)) + 8, 8, 8]
    assert total(corpus.test) == [0, 3, 1]
    assert corpus.test.labels.tolist() == ["1", "1"]
    assert any("1 of 3 test documents have no known word" in n for n in corpus.notes)


def test_changed_files_are_read_again(data_dir):
    data.load_documents("20ng", data_dir)
    (data_dir / "20ng" / "test.feat").write_text("1 1:7\n")

    assert total(data.load_documents("20ng", data_dir).test) == [7, 0, 0]


def test_byte_order_marks_and_crlf_make_no_difference(data_dir):
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


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("train.feat", "1 1:1\n1 two:1\n", "train.feat, line 2: 'two:1' is not a pair"),
        ("train.feat", "1 4:1\n", "line 1: word 4 is not in the vocabulary, whose 3"),
        ("vocab.new", "a\nb\na\n", "vocab.new, line 3: 'a' is also on line 1"),
        ("vocab.new", "a\nb\n", "train.feat, line 3: word 3 is not in the vocabulary"),
        ("test.feat", "1\n2\n", "dataset 20ng in {}: the test set has no document"),
        ("test.feat", "", "{}/20ng/test.feat has no document: write one per line"),
        ("train.feat", "1 1:1\n", "dataset 20ng in {}: the training set has 1 docume"),
        ("train.feat", "1 1:1\n2\n", "the training set has 1 document with a known"),
    ],
)
def test_an_unusable_file_is_refused_by_name(data_dir, file, content, message):
    (data_dir / "20ng" / file).write_text(content)
    with pytest.raises(ValueError, match=re.escape(message.format(data_dir))) as error:
        data.load_documents("20ng", data_dir)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_refused_by_name(data_dir):
    (data_dir / "rcv1" / "vocab.new").unlink()
    message = r"rcv1/vocab\.new does not exist: put it next to train\.feat, test\.feat"
    with pytest.raises(ValueError, match=message):
        data.load_documents("rcv1", data_dir)


def test_without_its_files_the_error_says_where_to_get_rcv1(tmp_path):
    with pytest.raises(ValueError, match=r"rcv1/train\.feat.*: Get train\.") as error:
        data.load_documents("rcv1", tmp_path)
    assert "--data_dir" in str(error.value)
