"""The topics that a run of `trainers.bow` writes into its folder."""

import csv
import json
import sys

import numpy as np
import pytest

from tf_vmfvae import TopicModel, data, layers, models
from trainers.bow import results

WORDS = ["ball", "goal", "team", "дождь", "snow", "wind"]
SPORT, WEATHER = [(1, 2), (2, 1), (3, 1)], [(4, 1), (5, 3), (6, 1)]


@pytest.fixture(scope="module")
def model():
    latent = layers.VonMisesFisherLatent(3, kappa=10.0, seed=1)
    return models.NVDM(WORDS, latent, hidden_dim=4, seed=1)


def corpus_of(labels):
    """A corpus whose last test document has no known word."""

    def part(rows, count):
        return data.Documents.from_rows(rows, labels and (labels * count)[: len(rows)])

    return data.DocumentCorpus(
        "tiny",
        part([SPORT, WEATHER] * 6, 6),
        part([WEATHER], 1),
        part([SPORT, WEATHER, []], 2),
        WORDS,
    )


def written(folder, model, corpus):
    """Returns the content of two files, and the part of metrics.json."""
    found = results.find_results(model, corpus, topics=2)
    assert results.write_topics(folder, found, model, corpus) is None
    with (folder / "document_topics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    text = (folder / "topics.json").read_text(encoding="utf-8")
    return text, rows, results.figures(found)


def test_topics_are_written_with_their_words_sizes_and_quality(model, tmp_path):
    text, _, figures = written(tmp_path, model, corpus_of(["sport, all", "weather"]))
    content = json.loads(text)

    assert "дождь" in text
    assert [topic["topic"] for topic in content["topics"]] == [0, 1]
    assert [topic["size"] for topic in content["topics"]] == [6, 6]
    assert sum(topic["share"] for topic in content["topics"]) == pytest.approx(1)
    codes = model.encode(corpus_of(None).test)[:2]
    logits = [
        codes @ topic["coefficients"] + topic["intercept"]
        for topic in content["topics"]
    ]
    assert sorted(np.argmax(logits, axis=0)) == [0, 1]
    for topic in content["topics"]:
        assert {each["word"] for each in topic["words"]} == set(WORDS)
        assert sum(each["weight"] for each in topic["words"]) == pytest.approx(1)
    assert content["quality"] == figures["topics"]
    assert content["quality"]["diversity"] == 0.5
    assert content["measured_on"] == {
        "topics": {"split": "train", "documents": 12},
        "coherence": {"split": "train", "documents": 12},
        "labels": {"split": "test", "documents": 3},
    }


def test_every_document_has_a_row_with_its_topics(model, tmp_path):
    _, rows, _ = written(tmp_path, model, corpus_of(["sport, all", "weather"]))

    assert [(row["split"], row["index"]) for row in rows] == [
        *(("train", str(i)) for i in range(12)),
        ("validation", "0"),
        *(("test", str(i)) for i in range(3)),
    ]
    assert [row["label"] for row in rows[:2]] == ["sport, all", "weather"]
    shares = np.array([[row["share_0"], row["share_1"]] for row in rows], float)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert [int(row["topic"]) for row in rows] == shares.argmax(axis=1).tolist()
    assert rows[0]["topic"] == rows[13]["topic"] != rows[1]["topic"]


def test_a_document_without_a_known_word_has_the_shares_of_the_corpus(model, tmp_path):
    text, rows, _ = written(tmp_path, model, corpus_of(None))
    overall = [topic["share"] for topic in json.loads(text)["topics"]]

    shares = [float(rows[-1][name]) for name in ("share_0", "share_1")]
    assert shares == pytest.approx(overall, abs=1e-5)


def test_the_folder_is_a_preset_of_the_topic_model(model, tmp_path):
    corpus = corpus_of(None)
    _, rows, _ = written(tmp_path, model, corpus)
    model.save(tmp_path / "model.keras")
    read = TopicModel.from_preset(tmp_path)

    shares = read.transform(["Ball ball goal team", "дождь snow snow snow wind"])
    found = [[float(row[f"share_{i}"]) for i in (0, 1)] for row in rows[13:15]]
    np.testing.assert_allclose(shares, found, atol=1e-5)
    assert read.get_feature_names_out().tolist() == ["topicmodel0", "topicmodel1"]
    # It can go on learning.
    assert read.partial_fit(["a ball", "snow"] * 9).transform(["goal"]).shape == (1, 2)


def test_codes_off_the_sphere_have_topics_without_a_topic_model(tmp_path):
    latent = layers.GaussianLatent(3, seed=1)
    gaussian = models.NVDM(WORDS, latent, hidden_dim=4, seed=1)
    text, rows, _ = written(tmp_path, gaussian, corpus_of(None))

    assert not (tmp_path / "topic_model.json").exists()
    topics = json.loads(text)["topics"]
    logits = gaussian.encode(corpus_of(None).train) @ np.transpose(
        [topic["coefficients"] for topic in topics]
    ) + [topic["intercept"] for topic in topics]
    top = [int(row["topic"]) for row in rows[:12]]
    assert top == logits.argmax(axis=1).tolist()
    with pytest.raises(ValueError, match="codes of the model are not unit vectors"):
        TopicModel.from_topics(
            gaussian, results.find_results(gaussian, corpus_of(None), 2).topics
        )


def test_documents_without_labels_have_no_figures_about_labels(model, tmp_path):
    text, rows, figures = written(tmp_path, model, corpus_of(None))

    assert "labels" not in json.loads(text)["measured_on"]
    assert {row["label"] for row in rows} == {""}
    assert figures["topics"]["purity"] is None
    assert "labels" not in figures


def test_the_table_of_labels_is_part_of_the_figures(model, tmp_path):
    _, _, figures = written(tmp_path, model, corpus_of(["sport", "weather"]))

    assert list(figures["labels"]) == ["codes", "counts", "tf-idf"]
    for accuracy in figures["labels"].values():
        assert 0 <= accuracy["nearest_neighbours"] <= 1
        assert 0 <= accuracy["logistic_regression"] <= 1
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures


def test_a_page_shows_the_share_of_the_words_of_each_topic(model, tmp_path):
    _, rows, _ = written(tmp_path, model, corpus_of(None))
    page = (tmp_path / "topics.html").read_text(encoding="utf-8")

    # The documents have 4 and 5 words.
    shares = [float(row["share_0"]) for row in rows[:2]]
    expected = 100 * (4 * shares[0] + 5 * shares[1]) / 9
    first = float(page.split('"Freq": [')[1].split(",")[0])
    assert first == pytest.approx(expected, abs=1e-3)
    assert json.dumps("дождь") in page


def test_without_pyldavis_there_is_no_page_and_the_topics_are_written(
    model, tmp_path, monkeypatch
):
    corpus = corpus_of(None)
    found = results.find_results(model, corpus, topics=2)
    monkeypatch.setitem(sys.modules, "pyLDAvis", None)

    note = results.write_topics(tmp_path, found, model, corpus)

    assert note.startswith("no topics.html: a page of topics needs pyLDAvis (")
    files = {file.name for file in tmp_path.iterdir()}
    assert {"document_topics.csv", "topics.json", "topic_model.json"} == files


def test_a_full_disk_leaves_no_part_of_a_file(model, tmp_path, monkeypatch):
    corpus = corpus_of(None)
    found = results.find_results(model, corpus, topics=2)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(results, "_rows", full)
    with pytest.raises(OSError, match=r"cannot be written .No space left"):
        results.write_topics(tmp_path, found, model, corpus)
    assert [file.name for file in tmp_path.iterdir()] == ["topics.json"]
