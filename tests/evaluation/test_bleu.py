"""BLEU by hand, and self-BLEU against keras_hub's BLEU of each text and all others."""

import math

import keras_hub
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.evaluation import bleu, self_bleu


def random_texts(count, words, seed):
    rng = np.random.default_rng(seed)
    vocabulary = np.array(["ball", "goal", "rain", "snow", "wind", "cloud"])[:words]
    return [" ".join(rng.choice(vocabulary, rng.integers(1, 12))) for _ in range(count)]


def with_all_others_as_references(texts):
    metric = keras_hub.metrics.Bleu(tokenizer=tf.strings.split)
    metric.update_state(
        [texts[:place] + texts[place + 1 :] for place in range(len(texts))], texts
    )
    return float(metric.result())


def test_bleu_by_hand():
    texts = ["the cat sat on the mat", "it rains"]
    references = ["the cat is on the mat today", "it rains"]
    # Words that agree: 5 + 2 of 8; pairs: 3 + 1 of 6; triples: 1 of 4; fours: 0 of 3.
    assert bleu(texts, references) == 0.0
    texts[0], references[0] = "on the mat the cat sat", "on the mat the cat slept now"
    # 5 + 2 of 8, 4 + 1 of 6, 3 of 4, 2 of 3; 8 words where 9 were expected.
    expected = (7 / 8 * 5 / 6 * 3 / 4 * 2 / 3) ** 0.25 * math.exp(1 - 9 / 8)
    assert bleu(texts, references) == pytest.approx(expected, rel=1e-6)


def test_texts_that_are_their_references_have_a_bleu_of_one():
    texts = ["the cat sat on the mat", "", "the\u00a0cafe\u0301 is closed today"]
    references = ["the cat sat  on the mat", "", "the caf\u00e9 is closed today"]
    assert bleu(texts, references) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("texts", "references", "expected"),
    [([""], [""], 1.0), ([""], ["a b c d"], 0.0), (["a b c d"], [""], 0.0)],
)
def test_texts_without_a_word_have_a_bleu(texts, references, expected):
    assert bleu(texts, references) == expected


@pytest.mark.parametrize("words", [2, 6])
@pytest.mark.parametrize("count", [2, 3, 40])
def test_self_bleu_is_that_of_each_text_with_all_others_as_references(count, words):
    texts = random_texts(count, words, seed=count)
    expected = with_all_others_as_references(texts)
    assert self_bleu(texts) == pytest.approx(expected, rel=1e-6)
    assert count < 40 or expected > 0.1


def test_self_bleu_is_one_if_every_text_is_there_twice_and_zero_if_none_is_alike():
    texts = ["the cat sat on the mat", "it rains and rains all day"]
    assert self_bleu([*texts, *texts]) == pytest.approx(1.0)
    assert self_bleu(texts) == 0.0


def test_self_bleu_leaves_out_texts_without_words():
    texts = random_texts(20, 4, seed=1)
    assert self_bleu(["", *texts, " "]) == self_bleu(texts)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bleu([], []), "no text to compare"),
        (lambda: bleu(["a"], ["a", "b"]), "1 texts cannot have 2 references"),
        (lambda: bleu("a b", ["a b"]), "text"),
        (lambda: self_bleu(["a b"]), "1 of 1 texts have words"),
        (lambda: self_bleu(["a b", " "]), "1 of 2 texts have words"),
        (lambda: self_bleu(["a b", 3]), "text"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
