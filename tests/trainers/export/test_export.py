"""With TensorFlow alone, an exported model gives the Keras model's answers."""

import json
import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.trainers.export.exporting import export
from tf_vmfvae import layers, models
from tf_vmfvae.models.served_model import ServedModel
from tf_vmfvae.ops.batch_inputs import padded
from trainers.cli.errors import RunFailed, UserError
from trainers.export import run as export_run

# Importing Keras or the library fails.
SERVE = """
import json, sys
sys.modules.update({name: None for name in (
    "tf_vmfvae", "trainers", "keras", "keras_hub", "tensorflow_probability")})
import tensorflow as tf
served = tf.saved_model.load(sys.argv[1])
texts = tf.constant(json.loads(sys.argv[2]))
score = served.score(texts, samples=200, seed=1)
strings = lambda tensor: [text.decode() for text in tensor.numpy()]
print(json.dumps({
    "codes": served.encode(texts).numpy().tolist(),
    "of_capitals": served.encode(tf.constant(json.loads(sys.argv[3]))).numpy().tolist(),
    "reconstructions": strings(served.reconstruct(texts)),
    "samples": strings(served.sample(count=4, seed=1)),
    "again": strings(served.sample(count=4, seed=1)),
    "others": strings(served.sample(count=4, seed=2)),
    "path": strings(served.interpolate(texts[0], texts[1], steps=3)),
    "score": {name: value.numpy().tolist() for name, value in score.items()},
    "by_signature": strings(served.signatures["sample"](
        count=tf.constant(4), seed=tf.constant(1))["output_0"]),
    "nothing": strings(served.reconstruct(tf.constant([], tf.string))),
}))
"""
TEXTS = ["the cat sees it", "a dog hears them again and again", "zebra", ""]
# The same words with other white space and in capitals, one of them not ASCII.
CAPITALS = [
    text.upper().replace("K", "\u212a").replace(" ", "\u3000\u00a0") for text in TEXTS
]


@pytest.fixture(scope="module")
def served(model_file, tmp_path_factory):
    """Answers of the exported model in a process with TensorFlow alone."""
    folder = tmp_path_factory.mktemp("served")
    export(model_file, folder)
    environment = {**os.environ}
    environment.pop("PYTHONPATH", None)
    result = subprocess.run(
        [sys.executable, "-c", SERVE, str(folder), *map(json.dumps, (TEXTS, CAPITALS))],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(result.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def model(model_file):
    return keras.models.load_model(model_file)


def test_codes_reconstructions_and_interpolations_equal_the_keras_models(served, model):
    np.testing.assert_allclose(served["codes"], model.encode(TEXTS), atol=1e-5)
    assert served["reconstructions"] == model.reconstruct(TEXTS)
    assert served["path"] == model.interpolate(*TEXTS[:2], steps=3)


def test_the_served_model_splits_and_lowers_words_like_the_keras_model(served, model):
    np.testing.assert_allclose(served["of_capitals"], served["codes"], atol=1e-6)
    np.testing.assert_allclose(model.encode(CAPITALS), served["codes"], atol=1e-5)


def test_samples_equal_the_keras_models_with_the_same_seed(served, model):
    assert served["samples"] == model.generate(4, seed=1)
    assert served["again"] == served["samples"]
    assert served["by_signature"] == served["samples"]
    assert served["others"] != served["samples"]


def test_without_texts_the_answer_is_empty(served):
    assert served["nothing"] == []


def test_scores_are_the_bound(served, model):
    ids = model.to_ids(TEXTS).to_tensor()
    hidden = model.encoder(ids)
    posterior = model.latent.posterior(hidden)
    nll = [
        model.likelihood([ids, z]).numpy() for z in posterior.sample(200, seed=(3, 4))
    ]
    score = served["score"]
    error = 6 * np.std(nll, axis=0) / np.sqrt(200) + 1e-4

    assert score["words"] == [5, 8, 2, 1]
    np.testing.assert_allclose(score["kl"], model.latent.kl(posterior), rtol=1e-5)
    np.testing.assert_allclose(
        score["nll"], np.add(score["reconstruction"], score["kl"]), rtol=1e-5
    )
    assert np.all(np.abs(score["reconstruction"] - np.mean(nll, axis=0)) < error)


def exported(model, folder):
    """Saves, exports and loads a model."""
    model.save(folder / "model.keras")
    export(folder / "model.keras", folder / "served", "--max_words=9")
    return tf.saved_model.load(folder / "served")


def test_a_folder_with_files_is_refused(model_file, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine")
    with pytest.raises(UserError, match="is not empty; choose another folder"):
        export(model_file, tmp_path / "full")


def test_a_bad_output_folder_is_refused_before_the_model_is_loaded(
    model_file, tmp_path, monkeypatch
):
    def load(settings):
        raise AssertionError("the model is loaded")

    monkeypatch.setattr(export_run, "load_served", load)
    (tmp_path / "file").write_text("mine")
    for folder in (
        "/proc/served",
        str(tmp_path / "file"),
        str(tmp_path / "file" / "x"),
    ):
        with pytest.raises(UserError, match=f"--output_dir={folder}: "):
            export(model_file, folder)


def test_a_failed_export_leaves_no_folder_and_can_be_repeated(
    model_file, tmp_path, monkeypatch
):
    folder = tmp_path / "served"

    errors = [tf.errors.UnknownError(None, None, "disk on fire\nand more")]

    def save(self, partial):
        (pathlib.Path(partial) / "variables").mkdir()
        if errors:
            raise errors.pop()

    monkeypatch.setattr(ServedModel, "save", save)
    with pytest.raises(RunFailed, match=r"cannot be written \(disk on fire\)$"):
        export(model_file, folder)
    assert list(tmp_path.iterdir()) == []
    export(model_file, folder)
    assert (folder / "variables").is_dir()


def test_a_folder_below_a_name_that_is_not_utf_8_is_refused(model_file, tmp_path):
    (tmp_path / "caf\udce9").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "caf\udce9")
    with pytest.raises(UserError, match="not UTF-8"):
        export(model_file, tmp_path / "link" / "served")


@pytest.mark.slow
def test_a_model_of_the_bag_of_words_is_exported_with_it(tmp_path):
    # tests/models/test_served_model.py has one that reads labels.
    texts = ["a b c", "c", "b a"]
    model = models.NVRNN(
        ["a", "b", "c"],
        layers.VonMisesFisherLatent(3, kappa=20.0, seed=1),
        hidden_dim=8,
        condition=layers.BagOfWordsCondition(),
        seed=1,
    )
    # Weights large enough that sentences depend on the condition.
    model.set_weights([8 * weight for weight in model.get_weights()])
    served = exported(model, tmp_path)

    def strings(tensor):
        return [text.decode() for text in tensor.numpy()]

    np.testing.assert_allclose(
        served.encode(tf.constant(texts)), model.encode(texts), atol=1e-5
    )
    expected = model.reconstruct(texts, max_words=9)
    assert strings(served.reconstruct(tf.constant(texts))) == expected
    path = model.interpolate(*texts[:2], steps=3, max_words=9)
    found = served.interpolate(*map(tf.constant, texts[:2]), steps=3)
    assert strings(found) == path
    for given in (texts, texts[:1]):
        expected = model.generate(3, seed=1, max_words=9, texts=given)
        found = served.sample(count=3, seed=1, conditions=tf.constant(given))
        assert strings(found) == expected
    assert served.encode(tf.constant([], tf.string)).shape == (0, 3)
    assert strings(served.reconstruct(tf.constant([], tf.string))) == []
    ids = padded(model.to_ids(texts))
    score = served.score(tf.constant(texts), samples=300, seed=1)
    posterior = model.latent.posterior(model.encoder(ids))
    nll = [model.likelihood([ids, z]) for z in posterior.sample(300, seed=(3, 4))]
    error = 9 * np.std(nll, axis=0) / np.sqrt(300) + 1e-4
    assert np.all(np.abs(score["reconstruction"] - np.mean(nll, axis=0)) < error)


def test_a_model_without_a_code_is_exported_too(tmp_path):
    plain = models.NVRNN(["a", "b"], layers.NoLatent(), hidden_dim=4, seed=1)
    served = exported(plain, tmp_path)
    ids = plain.to_ids(["a b", "b"]).to_tensor()

    np.testing.assert_allclose(
        served.score(tf.constant(["a b", "b"]), 1, 0)["nll"],
        plain(ids)["reconstruction"],
        rtol=1e-5,
    )
    assert served.encode(tf.constant([], tf.string)).shape == (0, 0)
