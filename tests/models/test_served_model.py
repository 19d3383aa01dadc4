"""The served model has no state, and checks its arguments."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models
from tf_vmfvae.models.served_model import ServedModel

MAX_WORDS = 9
TEXTS = ["a b c", "", "c", "b unknown"]
LABELS = [1, 0, 2, 1]


@pytest.fixture(scope="module")
def model():
    model = models.NVRNN(
        ["a", "b", "c"],
        layers.VonMisesFisherLatent(3, kappa=20.0, seed=1),
        embedding_dim=8,
        hidden_dim=8,
        condition=layers.LabelCondition(num_labels=3),
        seed=1,
    )
    # Weights large enough that sentences depend on codes and labels.
    model.set_weights([8 * weight for weight in model.get_weights()])
    return model


@pytest.fixture(scope="module")
def served(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    ServedModel(model, MAX_WORDS).save(folder)
    return tf.saved_model.load(folder)


@pytest.fixture(scope="module", params=["function", "signature"])
def call(served, request):
    """Returns a function that calls a served function by name, with named arguments."""

    def function(name, **arguments):
        arguments = {key: tf.constant(value) for key, value in arguments.items()}
        if request.param == "function":
            return getattr(served, name)(**arguments)
        outputs = served.signatures[name](**arguments)
        return outputs if name == "score" else outputs["output_0"]

    return function


def strings(tensor):
    return [text.decode() for text in tensor.numpy()]


def some(kind, *values):
    return np.array(values, kind)


def answers_alone_and_together(call, count):
    """Returns the answers for five seeds, from one thread and from six at once."""
    alone = [call(seed) for seed in range(5)]
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(lambda number: call(number % 5), range(count)))
    return [alone[number % 5] for number in range(count)], together


def test_simultaneous_samples_do_not_affect_each_other(served):
    labels = tf.constant(LABELS)
    alone, together = answers_alone_and_together(
        lambda seed: strings(served.sample(4, seed, conditions=labels)), 120
    )

    assert together == alone
    assert len(set(map(tuple, alone))) == 5


def test_simultaneous_calls_of_all_kinds_do_not_affect_each_other(served):
    texts, labels = tf.constant(TEXTS), tf.constant(LABELS)
    ends = {"start": texts[0], "end": texts[2], "labels": labels[:2]}

    alone, together = answers_alone_and_together(
        lambda seed: [
            strings(served.sample(4, seed, conditions=labels)),
            served.score(texts, 3, seed, labels=labels)["nll"].numpy().tolist(),
            served.encode(texts, labels=labels).numpy().tolist(),
            strings(served.reconstruct(texts, labels=labels)),
            strings(served.interpolate(steps=2 + seed, **ends)),
        ],
        30,
    )
    assert together == alone


@pytest.mark.parametrize("seed", [0, -1, 2**31 - 1, -(2**31)])
def test_samples_equal_the_keras_models_for_every_seed(served, model, seed):
    found = strings(served.sample(20, seed, conditions=tf.constant([2])))

    assert found == model.generate(20, seed=seed, labels=[2], max_words=MAX_WORDS)


def test_each_sample_has_its_label(served, model):
    found = strings(served.sample(4, 1, conditions=tf.constant(LABELS)))

    assert found == model.generate(4, seed=1, labels=LABELS, max_words=MAX_WORDS)


def test_codes_reconstructions_and_interpolations_equal_the_keras_models(served, model):
    texts, labels = tf.constant(TEXTS), tf.constant(LABELS)
    options = {"labels": LABELS, "max_words": MAX_WORDS}
    path = served.interpolate(texts[0], texts[2], steps=3, labels=labels[:2])

    np.testing.assert_allclose(
        served.encode(texts, labels=labels), model.encode(TEXTS, LABELS), atol=1e-5
    )
    found = strings(served.reconstruct(texts, labels=labels))
    assert found == model.reconstruct(TEXTS, **options)
    assert strings(path) == model.interpolate(
        TEXTS[0], TEXTS[2], steps=3, labels=LABELS[:2], max_words=MAX_WORDS
    )


def test_many_samples_equal_the_keras_models_too(served, model):
    found = strings(served.sample(300, 3, conditions=tf.constant([2])))

    assert found == model.generate(300, seed=3, labels=[2], max_words=MAX_WORDS)


def test_scores_equal_the_keras_models(served, model):
    texts, labels = TEXTS * 20, LABELS * 20
    found = served.score(tf.constant(texts), 3, 7, labels=tf.constant(labels))
    expected = model.score(texts, samples=3, seed=7, labels=labels)

    assert set(found) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-5)


def test_without_texts_the_answer_is_empty(call):
    nothing = {"texts": some(bytes), "labels": some("int32")}

    assert call("encode", **nothing).shape == (0, 3)
    assert strings(call("reconstruct", **nothing)) == []
    scores = call("score", samples=2, seed=1, **nothing)
    assert {name: value.shape for name, value in scores.items()} == dict.fromkeys(
        ["nll", "reconstruction", "kl", "words"], (0,)
    )
    assert strings(call("sample", count=0, seed=1, conditions=some("int32", 1))) == []


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("score", {"samples": 0, "seed": 1}, "samples must be 1 or more, not.*0"),
        ("score", {"samples": -1, "seed": 1}, "samples must be 1 or more, not.*-1"),
        ("score", {"samples": [1], "seed": 1}, r"samples \[1\] is not compatible"),
        ("score", {"samples": 1, "seed": [1]}, r"seed \[1\] is not compatible"),
        ("encode", {"labels": [1]}, r"labels: give one for each text.*\[1 4\]"),
        ("encode", {"labels": [1, 0, 2, 3]}, r"labels are 0 to 2, not.*\[3\]"),
        ("reconstruct", {"labels": [1, 0, 2, -1]}, "labels are 0 to 2, not"),
        ("score", {"samples": 1, "seed": 1, "labels": LABELS * 2}, "give one for each"),
        ("encode", {"texts": "a b"}, r"texts \[\] is not compatible"),
        ("reconstruct", {"texts": [TEXTS]}, r"texts \[1,4\] is not compatible"),
        ("encode", {"labels": 1}, r"labels \[\] is not compatible"),
    ],
)
def test_a_bad_argument_is_refused_by_name(call, name, arguments, message):
    arguments = {"texts": TEXTS, "labels": LABELS, **arguments}
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"(?s){message}"):
        call(name, **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": -1}, "count must be 0 or more, not.*-1"),
        ({"count": [2]}, r"count \[1\] is not compatible"),
        ({"conditions": [3]}, "conditions: labels are 0 to 2, not.*3"),
        (
            {"conditions": [1, 2]},
            "conditions: give one for all samples or one for each, not.*2",
        ),
        (
            {"conditions": some("int32")},
            "conditions: give one for all samples or one for each, not",
        ),
    ],
)
def test_a_bad_argument_of_sample_is_refused_by_name(call, arguments, message):
    arguments = {"count": 3, "seed": 1, "conditions": [1], **arguments}
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"(?s){message}"):
        call("sample", **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 1}, "steps must be 2 or more, not.*1"),
        ({"steps": 0}, "steps must be 2 or more, not.*0"),
        ({"steps": -1}, "steps must be 2 or more, not.*-1"),
        ({"start": ["a"]}, r"start \[1\] is not compatible"),
        ({"labels": [1]}, r"labels: give one for each text.*\[1 2\]"),
    ],
)
def test_a_bad_argument_of_interpolate_is_refused_by_name(call, arguments, message):
    arguments = {"start": "a", "end": "", "steps": 3, "labels": [0, 2], **arguments}
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"(?s){message}"):
        call("interpolate", **arguments)


def test_a_refused_call_does_not_block_other_threads(served):
    with pytest.raises(tf.errors.InvalidArgumentError, match="texts"):
        served.encode(tf.constant("a bare string"), labels=tf.constant([0]))
    found = []
    thread = threading.Thread(
        target=lambda: found.append(served.encode(tf.constant(["a"]), [0])), daemon=True
    )
    thread.start()
    thread.join(timeout=60)

    assert found


def test_empty_texts_and_bytes_that_are_not_utf_8_are_accepted(call, model):
    texts = np.array([b"", b"  ", b"\xff\xfe a", b"\xc3"], object)
    labels = [0, 1, 2, 0]
    read_as = ["", "", "<unk> a", "<unk>"]

    np.testing.assert_allclose(
        call("encode", texts=texts, labels=labels),
        model.encode(read_as, labels),
        atol=1e-5,
    )
    scores = call("score", texts=texts, labels=labels, samples=2, seed=1)
    assert scores["words"].numpy().tolist() == [1, 1, 3, 2]
    assert np.all(np.isfinite(scores["nll"]))
    path = call("interpolate", start="", end="", steps=3, labels=[1, 1])
    assert strings(path) == model.reconstruct([""] * 3, labels=[1] * 3, max_words=9)
