"""With TensorFlow alone, an exported document model gives topics and codes."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tests.trainers.export.exporting import export
from tf_vmfvae import TopicModel, data, layers, models
from trainers.bow import results
from trainers.cli.errors import UserError
from trainers.export.served import load_served

WORDS = ["ball", "café", "goal", "rain", "snow", "wind"]
SPORT, WEATHER = [(1, 2), (2, 1), (3, 1)], [(4, 1), (5, 3), (6, 1)]
# Importing Keras or the library fails.
SERVE = """
import json, sys
sys.modules.update({name: None for name in (
    "tf_vmfvae", "trainers", "keras", "tensorflow_text", "tensorflow_probability")})
import tensorflow as tf
texts = tf.constant(json.loads(sys.argv[1]))

def answers(folder):
    served = tf.saved_model.load(folder)
    words = served.top_words().numpy()
    return {
        "codes": served.encode(texts).numpy().tolist(),
        "topics": served.topics(texts).numpy().tolist(),
        "words": [[word.decode() for word in row] for row in words],
        "score": served.score(texts, samples=2, seed=1)["words"].numpy().tolist(),
    }

print(json.dumps([answers(folder) for folder in sys.argv[2:]]))
"""
TEXTS = ["GOAL, goal! cafe\u0301", "snow\u3000and rain", "unheard of", ""]


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """The folder of a run of trainers.bow, with a model that has learned nothing."""
    folder = tmp_path_factory.mktemp("run")
    latent = layers.GaussianLatent(3, seed=1)
    model = models.NVDM(WORDS, latent, hidden_dim=4, seed=1)
    parts = [[SPORT, WEATHER] * 6, [WEATHER], [SPORT]]
    parts = map(data.Documents.from_rows, parts)
    corpus = data.DocumentCorpus("tiny", *parts, WORDS)
    found = results.find_results(model, corpus, topics=2)
    results.write_topics(folder, found, model, corpus)
    model.save(folder / "model.keras")
    return folder


@pytest.fixture
def changed_run(run_folder, tmp_path):
    """Returns a function that copies the run with other topics."""

    def copy(change):
        shutil.copytree(run_folder, tmp_path / "run")
        file = tmp_path / "run" / "topics.json"
        content = json.loads(file.read_text())
        change(content["topics"])
        file.write_text(json.dumps(content))
        return tmp_path / "run"

    return copy


def test_a_run_is_exported_with_the_topics_in_its_folder(run_folder, tmp_path, capsys):
    export(run_folder, tmp_path / "served")
    served = tf.saved_model.load(tmp_path / "served")
    topics = json.loads((run_folder / "topics.json").read_text())["topics"]
    shares = served.topics(tf.constant(["snow snow, rain WIND snow", "unknown"]))
    words = [[word.decode() for word in row] for row in served.top_words().numpy()]
    # The only document of the validation set is about the weather.
    lines = (run_folder / "document_topics.csv").read_text().splitlines()
    (weather,) = [line.split(",") for line in lines if line.startswith("valid")]

    assert capsys.readouterr().out.endswith(
        "served: encode, score, topics, top_words\n"
    )
    assert words == [[each["word"] for each in topic["words"]] for topic in topics]
    np.testing.assert_allclose(shares[0], np.float64(weather[-2:]), atol=1e-5)
    np.testing.assert_allclose(shares[1], [topic["share"] for topic in topics])


def test_topics_of_an_earlier_version_are_left_out_with_a_note(
    changed_run, tmp_path, capsys
):
    def remove(topics):
        for topic in topics:
            del topic["coefficients"], topic["intercept"]

    export(changed_run(remove), tmp_path / "served")
    printed = capsys.readouterr()

    assert "topics.json was written by an earlier version" in printed.err
    assert printed.out.endswith("served: encode, score\n")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda topics: topics[0].pop("share"), "is not what a run wrote .*'share'"),
        (lambda topics: topics[0]["coefficients"].pop(), "is not what a run wrote"),
        (
            lambda topics: topics[0].update(intercept=float("nan")),
            "a number that is not finite",
        ),
        (
            lambda topics: [topic["coefficients"].pop() for topic in topics],
            "--model=.*: the topics are for codes of 2 dimensions, but .* have 3",
        ),
    ],
)
def test_damaged_topics_are_refused(changed_run, tmp_path, change, message):
    with pytest.raises(UserError, match=message):
        export(changed_run(change), tmp_path / "served")
    assert not (tmp_path / "served").exists()


def test_what_a_document_model_cannot_do_is_refused(run_folder, tmp_path):
    with pytest.raises(UserError, match="--max_words: the model reads documents"):
        export(run_folder, tmp_path / "served", "--max_words=9")
    plain = models.NVDM(WORDS, layers.NoLatent(), hidden_dim=4)
    plain.save(tmp_path / "plain.keras")
    with pytest.raises(UserError, match=r"--model=.*: the model has no code"):
        export(tmp_path / "plain.keras", tmp_path / "served")
    with pytest.raises(UserError, match=r"--model=none: .* is neither the name of a"):
        export("none", tmp_path / "served")


@pytest.mark.slow
def test_a_topic_model_is_served_without_the_library(tmp_path):
    texts = ["ball goal café"] * 20 + ["rain snow wind"] * 20
    model = TopicModel(2, epochs=3, hidden_dim=8, latent_dim=4, random_state=1)
    model.fit(texts)
    model.save(tmp_path / "topics.keras")
    model.save_to_preset(tmp_path / "preset")
    model.export(tmp_path / "of_python")
    export(tmp_path / "topics.keras", tmp_path / "of_file")
    preset, _ = load_served({"model": str(tmp_path / "preset"), "max_words": None})
    environment = {**os.environ}
    environment.pop("PYTHONPATH", None)

    assert list(preset.signatures) == ["encode", "score", "topics", "top_words"]
    result = subprocess.run(
        [sys.executable, "-c", SERVE, json.dumps(TEXTS), "of_file", "of_python"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    for found in json.loads(result.stdout.splitlines()[-1]):
        np.testing.assert_allclose(found["topics"], model.transform(TEXTS), atol=1e-5)
        codes = model.model_.encode(TEXTS)
        np.testing.assert_allclose(found["codes"], codes, atol=1e-5)
        assert found["words"] == model.top_words_
        assert found["score"] == [3, 2, 0, 0]
