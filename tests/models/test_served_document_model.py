"""The served document model has no state, and checks its arguments."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.special
import tensorflow as tf

from tf_vmfvae import layers, models
from tf_vmfvae.models.served_document_model import ServedDocumentModel
from tf_vmfvae.models.served_topics import ServedTopics

VOCABULARY = ["ball", "café", "c++", "rain"]
TEXTS = ["Ball in the rain; BALL", "nothing", "cafe\u0301, C++", ""]
KNOWN = [TEXTS[0], TEXTS[2]]
TOPICS = ServedTopics(
    coefficients=np.array([[30.0, 1.0, 0.0], [0.0, -4.0, 9.0]]),
    intercepts=np.array([-0.5, 1.0]),
    weights=np.array([0.25, 0.75]),
    top_words=[["ball", "rain"], ["café", "c++"]],
)


@pytest.fixture(scope="module")
def model():
    latent = layers.VonMisesFisherLatent(3, kappa=20.0, seed=1)
    return models.NVDM(VOCABULARY, latent, hidden_dim=8, seed=1)


@pytest.fixture(scope="module")
def served(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    ServedDocumentModel(model, TOPICS).save(folder)
    return tf.saved_model.load(folder)


def test_codes_equal_the_keras_models(served, model):
    np.testing.assert_allclose(
        served.encode(tf.constant(TEXTS)), model.encode(TEXTS), atol=1e-6
    )


def test_topics_are_a_softmax_of_the_code_and_without_words_their_weights(
    served, model
):
    shares = scipy.special.softmax(
        model.encode(TEXTS) @ TOPICS.coefficients.T + TOPICS.intercepts, axis=1
    )
    shares[[1, 3]] = TOPICS.weights
    found = served.signatures["topics"](texts=tf.constant(TEXTS))["output_0"]

    np.testing.assert_allclose(found, shares, atol=1e-6)


def test_top_words_are_those_of_the_topics(served):
    for found in (served.top_words(), served.signatures["top_words"]()["output_0"]):
        words = [[word.decode() for word in row] for row in found.numpy()]
        assert words == TOPICS.top_words


def test_scores_equal_the_keras_models(served, model):
    found = served.score(tf.constant(KNOWN * 40), 3, 7)
    expected = model.score(KNOWN * 40, samples=3, seed=7)

    assert set(found) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-5)


def test_a_document_without_a_known_word_has_a_score_without_words(served):
    scores = served.score(tf.constant(TEXTS), 2, 1)

    assert scores["words"].numpy().tolist() == [3, 0, 2, 0]
    np.testing.assert_array_equal(scores["nll"][1::2], scores["kl"][1::2])


def test_without_texts_the_answer_is_empty(served):
    nothing = tf.constant([], tf.string)

    assert served.encode(nothing).shape == (0, 3)
    assert served.topics(nothing).shape == (0, 2)
    scores = served.score(nothing, 2, 1)
    assert {value.shape for value in scores.values()} == {(0,)}


def test_simultaneous_calls_do_not_affect_each_other(served):
    def answers(seed):
        texts = tf.constant(TEXTS[seed % 3 :])
        return [
            served.encode(texts).numpy().tolist(),
            served.topics(texts).numpy().tolist(),
            served.score(texts, 3, seed)["nll"].numpy().tolist(),
        ]

    alone = [answers(seed) for seed in range(5)]
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(lambda number: answers(number % 5), range(60)))

    assert together == alone * 12


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("score", {"samples": 0, "seed": 1}, "samples must be 1 or more, not.*0"),
        ("score", {"samples": [1], "seed": 1}, r"samples \[1\] is not compatible"),
        ("score", {"samples": 1, "seed": [1]}, r"seed \[1\] is not compatible"),
        ("encode", {"texts": "rain"}, r"texts \[\] is not compatible"),
        ("topics", {"texts": [TEXTS]}, r"texts \[1,4\] is not compatible"),
    ],
)
def test_a_bad_argument_is_refused_by_name(served, name, arguments, message):
    arguments = {"texts": TEXTS, **arguments}
    tensors = {key: tf.constant(value) for key, value in arguments.items()}
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"(?s){message}"):
        served.signatures[name](**tensors)


def test_without_topics_there_are_no_functions_of_topics(model):
    assert set(ServedDocumentModel(model).signatures) == {"encode", "score"}


def test_what_cannot_be_served_is_refused(model):
    plain = models.NVDM(VOCABULARY, layers.NoLatent(), hidden_dim=4)
    with pytest.raises(ValueError, match="the model has no code"):
        ServedDocumentModel(plain)
    other = ServedTopics(np.ones((2, 5)), np.zeros(2), np.ones(2), TOPICS.top_words)
    with pytest.raises(ValueError, match=r"codes of 5 dimensions, but .* have 3"):
        ServedDocumentModel(model, other)
