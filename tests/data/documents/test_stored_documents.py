"""Documents on disk are those in memory, bit for bit."""

import os
import random
import re

import numpy as np
import pytest

from tf_vmfvae import data, evaluation, layers, models
from tf_vmfvae.data.documents import document_cache, encoded_documents, stored_documents
from tf_vmfvae.evaluation.coherence import document_texts
from trainers.storage import fingerprint

SPLITS = ("train", "validation", "test")
# Few enough that many of them are equally frequent.
WORDS = [first + second for first in "abcdefgh" for second in "ijklmnop"]
# What `document_words` does not take as it is written.
ODD = ["e-mail", "ÉTUDE", "e\u0301tude", "ΟΔΟΣ", "İzmir", "x1", "the"]


@pytest.fixture(scope="module")
def texts():
    """A hundred documents, some of which are empty."""
    rng = random.Random(1)
    return [
        " ".join(rng.choices(WORDS, k=number % 9) + rng.choices(ODD, k=number % 3))
        for number in range(100)
    ]


@pytest.fixture(params=["lines", "labelled lines", "files", "folders"])
def source(request, texts, tmp_path):
    """Arguments of `load_documents` that name the documents."""
    if "lines" in request.param:
        (tmp_path / "d.txt").write_text("".join(f"{text}\n" for text in texts))
        (tmp_path / "l.txt").write_text("a\nbb\n c \n" * 33 + "a\n")
        labels = tmp_path / "l.txt" if "labelled" in request.param else None
        return {"data_dir": tmp_path / "d.txt", "labels": labels}
    for number, text in enumerate(texts):
        label = f"label{number % 3}" if request.param == "folders" else "."
        file = tmp_path / "d" / label / f"{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return {"data_dir": tmp_path / "d"}


@pytest.fixture
def lines(texts, tmp_path):
    """A file with a document on each line."""
    path = tmp_path / "d.txt"
    path.write_text("".join(f"{text}\n" for text in texts))
    return path


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Reads a few documents at a time, and takes eight for many."""
    monkeypatch.setattr(stored_documents, "IN_MEMORY", 7)
    monkeypatch.setattr(stored_documents, "CHUNK", 30)


def load(path, cache, **options):
    return data.load_documents("text", path, cache_dir=cache, **options)


def assert_same(found, expected):
    """Checks that documents on disk are those in memory."""
    assert isinstance(found, data.StoredDocuments)
    np.testing.assert_array_equal(found.lengths, expected.lengths)
    np.testing.assert_array_equal(found.num_words, expected.num_words)
    parts = list(found.parts())
    pairs = np.concatenate([part.pairs for part in parts])
    assert pairs.dtype == expected.pairs.dtype
    np.testing.assert_array_equal(pairs, expected.pairs)
    assert (found.labels is None) == (expected.labels is None)
    if expected.labels is not None:
        assert found.labels.tolist() == expected.labels.tolist()
        assert [x for part in parts for x in part.labels] == found.labels.tolist()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"vocabulary_size": 9, "stop_words": None},
        {"vocabulary_size": 20, "minimum_documents": 2, "stop_words": ["aj bj", "CK"]},
        {"vocabulary_size": None, "minimum_documents": 5},
        {"vocabulary": ["hp", "mail", "aj", "absent", "étude"]},
        {"vocabulary": ["hp", "e-mail", "ÉTUDE", "x1"]},
    ],
)
def test_a_corpus_on_disk_is_the_one_in_memory(source, cache, options):
    expected = data.load_documents("text", **source, **options)
    found = data.load_documents("text", **source, **options, cache_dir=cache)

    assert found.vocabulary == expected.vocabulary
    more = [note for note in found.notes if note not in expected.notes]
    assert [note for note in found.notes if note in expected.notes] == [*expected.notes]
    assert all(", where later runs find it" in note for note in more)
    for split in SPLITS:
        assert_same(getattr(found, split), getattr(expected, split))
    assert fingerprint.of_corpus(found) == fingerprint.of_corpus(expected)


def test_vocabularies_and_labels_need_no_other_encoding(lines, cache, count_encodings):
    load(lines, cache)
    (lines.parent / "l.txt").write_text("\n".join("ab" * 50))
    options = {"vocabulary_size": 9, "labels": lines.parent / "l.txt"}
    corpus = load(lines, cache, **options)
    load(lines.rename(lines.with_name("moved.txt")), cache, vocabulary=WORDS[:50])

    assert len(count_encodings) == 1
    assert any("was encoded before, in " in note for note in corpus.notes)


def test_documents_that_are_encoded_are_not_read_again(lines, cache, monkeypatch):
    expected = load(lines, cache)

    def read(*arguments):
        raise AssertionError("the documents are read")

    monkeypatch.setattr(document_cache.DocumentFiles, "texts", read)
    found = load(lines, cache)
    for split in SPLITS:
        assert_same(getattr(found, split), getattr(expected, split).in_memory())


def test_documents_that_have_changed_are_encoded_again(lines, cache, count_encodings):
    load(lines, cache)
    lines.write_text(lines.read_text().replace("aj", "zz"))
    corpus = load(lines, cache)

    assert "zz" in corpus.vocabulary
    assert len(count_encodings) == 2
    assert any("changed since it was last encoded" in note for note in corpus.notes)


def test_encoding_is_reported_with_an_estimate_of_the_room(lines, cache, texts):
    report = []
    load(lines, cache, report=report.append)
    [pairs] = cache.rglob(encoded_documents.PAIRS)

    assert re.fullmatch(
        rf"encoding {lines} \(.*B\) in {cache}/\w+, which takes about .*kB", report[0]
    )
    assert re.fullmatch(r"encoded 100 documents in \d+ s", report[1])
    estimate = encoded_documents.estimate_size(
        document_cache.DocumentFiles(lines, [lines], one_per_line=True)
    )
    written = pairs.stat().st_size + 4 * len(texts)
    assert estimate == pytest.approx(written, rel=0.2)


def labels_file(tmp_path, content):
    (tmp_path / "l.txt").write_text(content)
    return {"labels": tmp_path / "l.txt"}


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"", {}, "d.txt is empty: write one document per line"),
        (b"aa\nbb\n", {}, "too few documents, 2"),
        (b"aa\n" * 40 + b"caf\xe9\n", {}, r"not UTF-8 text .byte 123."),
        (b"the\n" * 9, {}, "apart from stop words, no word occurs in 1 documents"),
        (b"12 3\n" * 9, {}, "apart from stop words, no word occurs in 1 documents"),
        (b"aa\n" * 9, {"minimum_documents": 9}, "no word occurs in 9 documents"),
        (b"aa\n" * 9, {"vocabulary_size": 0}, "size is 0"),
        (b"aa\n" * 9, {"stop_words": "german"}, "stop_words is 'german'"),
        (b"aa\n" * 9, {"vocabulary": ["a b"]}, "contains white space"),
        (b"aa\n" * 9, {"vocabulary": ["bb"]}, "covers 0 words of the training"),
        (b"aa\n" * 3, {"labels": "1\n2\n"}, "l.txt has 2 lines, but .*d.txt has 3"),
        (b"aa\n" * 3, {"labels": "1\n\n2"}, "l.txt, line 2: the label is missing"),
    ],
)
def test_unusable_documents_are_refused_as_in_memory(
    tmp_path, cache, content, options, message
):
    (tmp_path / "d.txt").write_bytes(content)
    if "labels" in options:
        options = labels_file(tmp_path, options["labels"])
    with pytest.raises(ValueError, match=message) as error:
        load(tmp_path / "d.txt", cache, **options)
    with pytest.raises(ValueError, match=re.escape(str(error.value))):
        data.load_documents("text", tmp_path / "d.txt", **options)


@pytest.mark.parametrize(
    "options",
    [{"vocabulary_size": 0}, {"stop_words": "german"}, {"vocabulary": ["a b"]}],
)
def test_arguments_and_labels_are_checked_before_anything_is_encoded(
    lines, cache, options
):
    with pytest.raises(ValueError, match=r"size is 0|german|white space"):
        load(lines, cache, **options)
    with pytest.raises(ValueError, match=r"has 1 lines, but .* has 100"):
        load(lines, cache, **labels_file(lines.parent, "1"))
    assert not cache.exists()


def test_only_documents_of_ones_own_are_encoded(cache):
    with pytest.raises(ValueError, match="only dataset text is encoded there, not emb"):
        data.load_documents("embedded", cache_dir=cache)
    with pytest.raises(ValueError, match="dataset text needs data_dir"):
        data.load_documents("text", cache_dir=cache)
    assert not cache.exists()


def test_documents_from_a_pipe_cannot_be_encoded(tmp_path, cache):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match=r"/pipe is not a file on disk .* no cache_di"):
        load(tmp_path / "pipe", cache)


@pytest.fixture
def both(lines, cache):
    """Training documents on disk and in memory."""
    labels = labels_file(lines.parent, "\n".join("ab" * 50))
    options = {"vocabulary_size": 30, "stop_words": None, **labels}
    return (
        load(lines, cache, **options).train,
        data.load_documents("text", lines, **options).train,
    )


@pytest.mark.parametrize(
    "rows", [slice(3, 9), slice(None, None, -20), [5, 2, 60], np.arange(0)]
)
def test_few_documents_are_taken_into_memory(both, rows):
    found, expected = (documents[rows] for documents in both)
    assert isinstance(found, data.Documents)
    np.testing.assert_array_equal(found.pairs, expected.pairs)
    np.testing.assert_array_equal(found.row_splits, expected.row_splits)
    assert found.labels.tolist() == expected.labels.tolist()


@pytest.mark.parametrize(
    "rows", [slice(3, 60), slice(None, None, -2), [*range(0, 70, 9)]]
)
def test_many_documents_stay_on_disk(both, rows):
    found, expected = (documents[rows] for documents in both)
    assert_same(found, expected)
    for part, other in zip(
        found.split(4, seed=1), expected.split(4, seed=1), strict=True
    ):
        assert_same(part, other)


def test_documents_on_disk_offer_what_those_in_memory_do(both):
    found, expected = both
    for batch, other in zip(found.padded(8), expected.padded(8), strict=True):
        np.testing.assert_array_equal(batch, other)
    assert (found.matrix(30) != expected.matrix(30)).nnz == 0
    for half, other in zip(found.halve(3), expected.halve(3), strict=True):
        np.testing.assert_array_equal(half.pairs, other.pairs)
    np.testing.assert_array_equal(found.row_splits, expected.row_splits)


@pytest.mark.parametrize("shuffle", [True, False])
def test_batches_from_disk_are_those_from_memory(both, shuffle):
    found, expected = (data.DocumentBatches(d, 8, shuffle, seed=2) for d in both)
    names = ("num_examples", "num_words", "padding_share", "bucket_lengths")
    for name in names:
        assert getattr(found, name) == getattr(expected, name)
    for own, other in ((found, expected), (found.sample(9, 1), expected.sample(9, 1))):
        pairs = zip(own.dataset(1), other.dataset(1), strict=True)
        for batch, same in pairs:
            np.testing.assert_array_equal(batch, same)
        assert own.dataset().element_spec.shape == (own.batch_size, None, 2)


def test_a_model_reads_documents_from_disk_as_from_memory(both):
    latent = layers.VonMisesFisherLatent(3, kappa=10.0, seed=1)
    model = models.NVDM([f"word{i}" for i in range(30)], latent, hidden_dim=8, seed=1)
    biases, codes, perplexities = [], [], []
    for documents in both:
        model.adapt(documents)
        biases.append(model.logits.bias.numpy())
        codes.append(model.encode(documents))
        perplexities.append(evaluation.held_out_perplexity(uniform, documents, 1, 9))
    for found, expected in (biases, codes):
        np.testing.assert_array_equal(found, expected)
    assert perplexities[0] == perplexities[1] == pytest.approx(30)


def uniform(observed):
    assert isinstance(observed, data.Documents)
    return np.full((len(observed), 30), 1 / 30)


def test_coherences_are_counted_in_documents_on_disk(both):
    words = [f"word{i}" for i in range(30)]
    found, expected = (document_texts(documents, words) for documents in both)
    assert found == expected
