import functools

import numpy as np
import pytest

from tf_vmfvae import data

SPLITS = ("train", "validation", "test")


def test_labels_follow_their_documents_into_every_split(tmp_path):
    lines = [f"the ball number {'goal' if i % 2 else 'rain'}" for i in range(40)]
    (tmp_path / "d.txt").write_text("\n".join(lines) + "\n\n")
    (tmp_path / "l.txt").write_text("\n".join("ab" * 20) + "\nc\n")
    corpus = data.load_documents(
        "text", tmp_path / "d.txt", labels=tmp_path / "l.txt", stop_words="english"
    )

    assert corpus.vocabulary == ["ball", "goal", "number", "rain"]
    assert sum(len(getattr(corpus, split)) for split in SPLITS) == 40
    for split in SPLITS:
        documents = getattr(corpus, split)
        has_goal = documents.matrix(4).toarray()[:, 1] > 0
        assert documents.labels.tolist() == ["b" if goal else "a" for goal in has_goal]


def test_documents_without_a_known_word_are_left_out_and_counted(tmp_path):
    (tmp_path / "d.txt").write_text("ball goal\n" * 40 + "1234\n" * 40)
    corpus = data.load_documents("text", tmp_path / "d.txt")

    assert corpus.train.num_words.min() == 2
    left_out = 72 - len(corpus.train)
    note = f"{left_out} of 72 training documents have no known word and are left out"
    assert note in corpus.notes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("the\n" * 9, "dataset text in {}: apart from stop words, no word occurs in 1"),
        ("", "{} is empty: write one document per line"),
    ],
)
def test_text_without_words_is_refused_by_file(tmp_path, content, message):
    path = tmp_path / "d.txt"
    path.write_text(content)
    with pytest.raises(ValueError, match=message.format(path)) as error:
        data.load_documents("text", path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dataset": "imdb"}, "choose one of embedded, 20ng, rcv1, octis, text"),
        ({"dataset": "octis"}, "dataset octis needs data_dir: a folder that holds"),
        ({"dataset": "text"}, "dataset text needs data_dir"),
        ({"vocabulary_size": 0}, "dataset embedded: size is 0"),
        ({"stop_words": "german"}, "dataset embedded: stop_words is 'german'"),
    ],
)
def test_an_argument_out_of_range_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        data.load_documents(**arguments)
    assert "\n" not in str(error.value)


def test_a_folder_of_octis_keeps_its_splits_labels_and_vocabulary(tmp_path):
    lines = ["ball Ball_2 ball\ttrain\ta", "rain\ttrain\tb", "ball\ttest\ta"]
    (tmp_path / "corpus.tsv").write_text("\n".join([*lines, "rain the\tval\tb"]))
    (tmp_path / "vocabulary.txt").write_text("rain\nBall_2\nball\n")
    corpus = data.load_documents("octis", tmp_path)

    assert corpus.vocabulary == ["rain", "Ball_2", "ball"]
    assert corpus.train.matrix(3).toarray().tolist() == [[0, 1, 2], [1, 0, 0]]
    labels = [getattr(corpus, split).labels.tolist() for split in SPLITS]
    assert labels == [["a", "b"], ["b"], ["a"]]
    note = "corpus.tsv: 1 of 7 words are not in vocabulary.txt and are left out"
    assert note in corpus.notes[0]


def test_without_a_validation_part_training_documents_are_held_out(tmp_path):
    lines = [f"word{i % 9} word{i % 7}\ttrain" for i in range(40)]
    (tmp_path / "corpus.tsv").write_text("\n".join([*lines, "word1\ttest"]))
    (tmp_path / "vocabulary.txt").write_text("\n".join(f"word{i}" for i in range(9)))
    corpus = data.load_documents("octis", tmp_path)

    assert len(corpus.train) + len(corpus.validation) == 40
    assert len(corpus.validation) > 0
    assert corpus.test.labels is None


def test_labels_of_a_file_are_refused_where_a_corpus_has_its_own(tmp_path):
    with pytest.raises(ValueError, match="labels: only dataset text takes a file"):
        data.load_documents("octis", tmp_path, labels=tmp_path / "l")


def test_each_embedded_document_has_one_topic():
    corpus = data.load_documents()

    assert len(set(corpus.train.labels)) == 8
    assert corpus.train.num_words.min() > 3
    rain = corpus.vocabulary.index("rain")
    with_rain = corpus.train.matrix(len(corpus.vocabulary))[:, rain].toarray()[:, 0] > 0
    shares = np.unique(corpus.train.labels[with_rain], return_counts=True)[1]
    assert shares.max() > 0.5 * shares.sum()


def test_documents_are_counted_by_the_words_of_a_model(tmp_path):
    (tmp_path / "d.txt").write_text("rain ball goal goal\nsnow rain\n" * 20)
    words = ["goal", "rain", "snow", "wind"]
    corpus = data.load_documents("text", tmp_path / "d.txt", vocabulary=words)

    assert corpus.vocabulary == words
    rows = np.unique(corpus.train.matrix(4).toarray(), axis=0)
    assert rows.tolist() == [[0, 1, 1, 0], [2, 1, 0, 0]]


def test_text_with_few_of_the_given_words_is_noted_or_refused(tmp_path):
    (tmp_path / "d.txt").write_text("rain snow snow snow\n" * 40)
    corpus = data.load_documents("text", tmp_path / "d.txt", vocabulary=["rain"])
    assert "covers 36 words of the training documents" in corpus.notes[1]
    with pytest.raises(ValueError, match="covers 0 words of the training doc") as error:
        data.load_documents("text", tmp_path / "d.txt", vocabulary=["ball"])
    assert "\n" not in str(error.value)


def test_a_corpus_with_its_own_vocabulary_must_have_the_given_words(tmp_path):
    lines = ["ball rain rain\ttrain", "ball\ttrain", "snow\ttest"]
    (tmp_path / "corpus.tsv").write_text("\n".join(lines))
    (tmp_path / "vocabulary.txt").write_text("ball\nrain\nsnow\n")
    load = functools.partial(data.load_documents, "octis", tmp_path)
    corpus = load(vocabulary=["snow", "rain", "ball"])
    assert corpus.test.pairs.tolist() == [[1, 1]]
    with pytest.raises(ValueError, match="1 words are in only one of them, such as s"):
        load(vocabulary=["rain", "ball"])
