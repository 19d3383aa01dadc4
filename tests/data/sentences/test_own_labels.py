import pytest

from tf_vmfvae import data
from tf_vmfvae.data.sentences.own_text import read_own_text


def write(path, lines):
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_both(folder, texts, labels):
    return write(folder / "text.txt", texts), write(folder / "labels.txt", labels)


def refusal(action):
    with pytest.raises(ValueError, match=r".") as caught:
        action()
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.fixture
def refused(tmp_path):
    """Returns a function from paths to the message of memory, which is that of disk."""

    def message(text, labels):
        in_memory, on_disk = (
            refusal(lambda more=more: data.load("text", text, labels=labels, **more))
            for more in ({}, {"cache_dir": tmp_path / "cache"})
        )
        assert in_memory == on_disk
        assert not [*tmp_path.glob("cache/*/text")]
        return in_memory

    return message


def test_sentences_keep_their_labels_when_some_are_held_out(tmp_path):
    texts = [f"sentence number {i}" for i in range(200)]
    labels = [f"label {i % 3}" for i in range(200)]
    own, names, _ = read_own_text(*write_both(tmp_path, texts, labels))

    label_of = dict(zip(texts, labels, strict=True))
    assert {split: len(found) for split, found in names.items()} == {
        "train": 180,
        "validation": 10,
        "test": 10,
    }
    for split, found in own.items():
        assert names[split] == [label_of[text] for text in found]
    # The same sentences are held out as without labels.
    assert read_own_text(tmp_path / "text.txt")[0] == own


def test_each_file_of_a_folder_has_its_own_labels(tmp_path):
    for name, count in (("train", 4), ("valid", 2), ("test", 1)):
        write(tmp_path / "text" / f"{name}.txt", [f"{name} {i}" for i in range(count)])
        write(tmp_path / "labels" / f"{name}.txt", ["xy"[i % 2] for i in range(count)])
    _, names, notes = read_own_text(tmp_path / "text", tmp_path / "labels")

    assert names == {"train": list("xyxy"), "validation": list("xy"), "test": ["x"]}
    assert notes == []


def test_an_empty_line_is_left_out_with_its_label(tmp_path):
    texts = ["one", "", "  ", "two", "three", "<eos>"]
    paths = write_both(tmp_path, texts, ["a", "", "lost", "b", "c", "lost"])
    own, names, _ = read_own_text(*paths)

    pairs = {
        text: name
        for split in own
        for text, name in zip(own[split], names[split], strict=True)
    }
    assert pairs == {"one": "a", "two": "b", "three": "c"}


def test_labels_are_numbered_by_value_or_else_by_name(tmp_path):
    def load(*labels):
        text, names = write_both(tmp_path, ["a b"] * 120, labels * (120 // len(labels)))
        return data.load("text", text, labels=names)

    numbers = load("10", "9", "2")
    assert numbers.label_names == ("2", "9", "10")
    assert numbers.labels["train"][:3] == [2, 1, 0]
    assert numbers.notes[-1] == "3 labels: 0 2, 1 9, 2 10"
    words = load("10", "9", "über", "bad mood")
    assert words.label_names == ("10", "9", "bad mood", "über")
    assert words.num_labels == 4


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"] * 39, "labels.txt has 39 lines, but "),
        (["a"] * 41, "labels.txt has 41 lines, but "),
        (["a"] * 7 + [" "] + ["a"] * 32, "labels.txt, line 8: the label is missing"),
        # They may have slipped, so that another line lacks its label.
        (["a"] * 7 + [" "] + ["a"] * 31, "labels.txt has 39 lines, but "),
        ([f"label {i}" for i in range(40)], "has 36 different labels for 36 training"),
        # The last line of each period is held out for testing.
        (
            ["a"] * 39 + ["rare"],
            "no training sentence has the label 'rare' of the test",
        ),
        # The validation set is held out from the line before.
        (
            ["a"] * 38 + ["odd", "rare"],
            "no training sentence has the label 'odd' of the validation",
        ),
    ],
)
def test_labels_that_cannot_be_used_are_refused(tmp_path, refused, labels, message):
    assert message in refused(*write_both(tmp_path, ["a b"] * 40, labels))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "text.txt is empty"),
        (b"\n \n", "text.txt has no line with a word"),
        (b"a a\nb b\n", "text.txt has 2 usable lines"),
        (b"a a\nb b\ncaf\xe9\n", "text.txt is not UTF-8 text (byte 11)"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused(tmp_path, refused, content, message):
    names = write(tmp_path / "labels.txt", ["x"] * content.count(b"\n"))
    text = tmp_path / "text.txt"
    text.write_bytes(content)
    assert message in refused(text, names)


def test_files_that_cannot_be_read_are_named(tmp_path, refused):
    text, names = write_both(tmp_path, ["a b"] * 40, ["x"] * 40)
    (tmp_path / "folder").mkdir()
    write(tmp_path / "folder" / "train.txt", ["a b"] * 40)

    assert "absent does not exist" in refused(text, tmp_path / "absent")
    assert "is a folder, but" in refused(text, tmp_path / "folder")
    assert "is not a folder, but" in refused(tmp_path / "folder", names)
    (tmp_path / "other").mkdir()
    message = refused(tmp_path / "folder", tmp_path / "other")
    assert "other/train.txt does not exist" in message
    names.write_bytes(b"")
    assert "labels.txt is empty: write one label per line" in refused(text, names)
    names.write_bytes(b"\xff\xfe")
    assert "labels.txt is not UTF-8 text" in refused(text, names)


@pytest.mark.parametrize("dataset", ["ptb", "yelp"])
def test_labels_of_a_published_corpus_cannot_be_given(dataset):
    message = refusal(lambda: data.load(dataset, labels="labels.txt"))

    assert message == (
        f"labels is labels.txt: dataset {dataset} brings its own labels or has none; "
        "leave it out"
    )


def test_embedded_sentences_have_the_labels_of_their_grammar(monkeypatch):
    sentences = data.embedded.sentences

    def some(split):
        return sentences(split)[:60]

    monkeypatch.setattr(data.embedded, "sentences", some)
    corpus = data.load("embedded", labels="tense")

    assert corpus.label_names == ("future", "past", "present")
    # It would bound sentences without labels.
    assert corpus.entropy is None
    for split, texts in (("train", corpus.train), ("test", corpus.test)):
        names = [corpus.label_names[label] for label in corpus.labels[split]]
        assert names == data.embedded.read_factors(texts)["tense"]
    assert refusal(lambda: data.load("embedded", labels="mood")) == (
        "labels is 'mood': choose one of topic, sentiment, tense"
    )
