"""Every function that takes texts accepts and refuses the same things."""

import functools

import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae import callbacks, data, evaluation, generation, layers
from tf_vmfvae.data.documents.bag_of_words import (
    build_document_vocabulary,
    count_words,
)

WORDS = ["ball", "goal", "caf\u00e9", "rain"]
TEXTS = ["ball goal", "caf\u00e9 caf\u00e9 ball", "rain"]


def language_model(**options):
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    return tf_vmfvae.models.NVRNN(
        WORDS, latent, embedding_dim=8, hidden_dim=8, seed=2, **options
    )


@functools.cache
def sentences():
    return language_model()


@functools.cache
def conditioned_on_words():
    return language_model(condition=layers.BagOfWordsCondition())


@functools.cache
def documents():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    return tf_vmfvae.models.NVDM(WORDS, latent, hidden_dim=8, seed=2)


# Functions that take texts, and the names of their arguments.
FUNCTIONS = {
    "tokenizer": (lambda texts: sentences().tokenizer(texts).to_list(), "texts"),
    "to_ids": (lambda texts: sentences().to_ids(texts).to_list(), "texts"),
    "encode": (lambda texts: sentences().encode(texts), "texts"),
    "reconstruct": (lambda texts: sentences().reconstruct(texts, max_words=3), "texts"),
    "reconstruct with a condition": (
        lambda texts: conditioned_on_words().reconstruct(texts, max_words=3),
        "texts",
    ),
    "conditions": (
        lambda texts: conditioned_on_words().conditions(3, texts).numpy(),
        "texts",
    ),
    "generate": (
        lambda texts: conditioned_on_words().generate(
            3, texts=texts, seed=1, max_words=3
        ),
        "texts",
    ),
    "neighbours": (
        lambda texts: generation.neighbours(sentences(), texts, TEXTS, 1),
        "texts",
    ),
    "neighbours' corpus": (
        lambda texts: generation.neighbours(sentences(), TEXTS, texts, 1),
        "corpus",
    ),
    "swap_sensitivity": (
        lambda texts: evaluation.swap_sensitivity(sentences().encode, texts, [0.5]),
        "texts",
    ),
    "TextsPane": (lambda texts: callbacks.TextsPane("logs", texts).sentences, "sente"),
    "ProjectorPane": (
        lambda texts: callbacks.ProjectorPane("logs", texts).sentences,
        "sentences",
    ),
    "documents' encode": (lambda texts: documents().encode(texts), "documents"),
    "transform": (lambda texts: documents().transform(texts), "texts"),
    "count_words": (lambda texts: count_words(texts, WORDS).pairs, "texts"),
    "build_vocabulary": (data.build_vocabulary, "sentences"),
    "build_document_vocabulary": (build_document_vocabulary, "texts"),
}
every_function = pytest.mark.parametrize("function", FUNCTIONS)


@functools.cache
def result_for_a_list(function):
    take, _ = FUNCTIONS[function]
    return take(TEXTS)


@every_function
@pytest.mark.parametrize(
    "kind",
    [
        tuple,
        iter,
        np.array,
        tf.constant,
        lambda texts: np.array(texts, object),
        lambda texts: (text for text in texts),
        lambda texts: [text.encode() for text in texts],
    ],
)
def test_every_kind_of_list_of_strings_gives_the_same_result(function, kind):
    take, _ = FUNCTIONS[function]

    np.testing.assert_equal(take(kind(TEXTS)), result_for_a_list(function))


@pytest.mark.parametrize(
    "function",
    [name for name in FUNCTIONS if "Pane" not in name and "corpus" not in name],
)
def test_decomposed_letters_give_the_same_result(function):
    take, _ = FUNCTIONS[function]
    decomposed = [text.replace("\u00e9", "e\u0301") for text in TEXTS]

    np.testing.assert_equal(take(decomposed), result_for_a_list(function))


@every_function
def test_a_series_gives_the_same_result_as_a_list(function, make_series):
    take, _ = FUNCTIONS[function]

    np.testing.assert_equal(
        take(make_series(TEXTS, [7, 2, 0])), result_for_a_list(function)
    )


@every_function
def test_a_single_string_is_refused(function):
    take, name = FUNCTIONS[function]
    with pytest.raises(ValueError, match=rf"^{name}\w* is one string: put it into a l"):
        take("apple song")


@every_function
@pytest.mark.parametrize(
    ("value", "shown"), [(None, "None"), (float("nan"), "nan"), (3, "3")]
)
def test_an_element_that_is_not_text_is_named_by_position(
    function, value, shown, make_series
):
    take, name = FUNCTIONS[function]
    with pytest.raises(ValueError, match=rf"^{name}\w*\[1\] is {shown}: give a string"):
        take(["ball", value, "goal"])
    series = make_series(["ball", value, "goal"], [5, 17, 2])
    with pytest.raises(ValueError, match=rf"\[1\] \(index 17\) is {shown}: give"):
        take(series)


@pytest.mark.parametrize(("start", "end"), [("ball", None), ("ball", ["goal"])])
def test_the_ends_of_an_interpolation_must_be_strings(start, end):
    with pytest.raises(ValueError, match=r"^end is .*: give a string"):
        sentences().interpolate(start, end)
    with pytest.raises(ValueError, match=r"^start is .*: give a string"):
        sentences().interpolate(end, start)


def test_neighbours_are_found_by_position_in_a_series(make_series):
    corpus = make_series(TEXTS, [7, 2, 0])
    found = generation.neighbours(sentences(), TEXTS[1:2], corpus, 1)

    assert [text for [(text, _)] in found] == TEXTS[1:2]


def test_a_document_without_a_known_word_is_named_by_position_and_label(make_series):
    series = make_series(["goal", "xyzzy", "rain"], [7, 2, 0])
    message = r"^document 2 of 3 \(index 2, 'xyzzy'\) has no word"
    with pytest.raises(ValueError, match=message):
        documents().transform(series)


@pytest.mark.parametrize("vocabulary", [np.array(WORDS), np.array(WORDS, object)])
def test_a_vocabulary_may_be_an_array(vocabulary, tmp_path):
    for kind in (tf_vmfvae.models.NVRNN, tf_vmfvae.models.NVDM):
        latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
        model = kind(vocabulary, latent, hidden_dim=8, seed=2)
        model.save(tmp_path / "model.keras")
        loaded = tf.keras.models.load_model(tmp_path / "model.keras")

        assert loaded.get_config()["vocabulary"][-4:] == WORDS
        np.testing.assert_allclose(loaded.encode(TEXTS), model.encode(TEXTS))
    assert count_words(TEXTS, vocabulary).pairs.tolist() == [
        [1, 1],
        [2, 1],
        [1, 1],
        [3, 2],
        [4, 1],
    ]


@pytest.mark.parametrize("labels", [[0, np.nan], [0, 0.5], [0, None], ["0", "1"]])
def test_a_label_that_is_not_a_whole_number_is_named(labels):
    model = language_model(condition=layers.LabelCondition(num_labels=2))
    with pytest.raises(ValueError, match=r"label .* of text \d is out of range"):
        model.encode(["ball", "goal"], labels)


def test_labels_may_be_any_list_of_whole_numbers(make_series):
    model = language_model(condition=layers.LabelCondition(num_labels=2))
    texts, expected = ["ball", "goal"], [0, 1]
    kinds = (
        tuple,
        iter,
        np.array,
        tf.constant,
        lambda labels: make_series(labels, [7, 2]),
    )
    for kind in (*kinds, lambda labels: [float(label) for label in labels]):
        codes = model.encode(texts, kind(expected))
        np.testing.assert_array_equal(codes, model.encode(texts, expected))
        conditions = model.conditions(2, labels=kind(expected))
        np.testing.assert_array_equal(conditions, model.conditions(2, labels=expected))
    for call in (
        lambda: model.encode(["ball"], 1),
        lambda: model.generate(1, labels=1, max_words=2),
    ):
        with pytest.raises(ValueError, match="labels is 1: give a list of whole numbe"):
            call()


@pytest.mark.parametrize("batch_size", [0, -1, 1.5, None])
@pytest.mark.parametrize(
    "encode",
    [
        lambda **options: sentences().encode(TEXTS, **options),
        lambda **options: documents().encode(TEXTS, **options),
        lambda **options: documents().transform(TEXTS, **options),
    ],
)
def test_a_batch_size_that_is_no_size_is_refused(encode, batch_size):
    with pytest.raises(ValueError, match=r"^batch_size must be"):
        encode(batch_size=batch_size)
