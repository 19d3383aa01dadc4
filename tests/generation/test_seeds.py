"""A seed's answer does not depend on what is drawn before or at the same time."""

from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae import generation, layers
from tf_vmfvae.generation.draw import GROUP, draw


@pytest.fixture(scope="module")
def codes(codes):
    return codes[:20]


def test_simultaneous_calls_do_not_affect_each_other():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    model = tf_vmfvae.models.NVRNN(["a", "b", "c"], latent, hidden_dim=8, seed=2)

    def call(number):
        seed = number % 5
        texts = ["a b", ""][: 1 + number % 2]
        return number % 10, [
            model.generate(4, seed=seed, max_words=9),
            model.generate(2, seed=seed, max_words=9, sampler="top_p"),
            model.reconstruct(texts, max_words=9),
            model.score(texts, samples=2, seed=seed)["nll"].tolist(),
        ]

    # Nothing is compiled yet, so the first calls also compile at the same time.
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(call, range(30)))
    alone = dict(call(number) for number in range(10))

    assert all(found == alone[number] for number, found in together)
    assert len({tuple(found[0]) for found in alone.values()}) == 5


def test_decoding_without_drawing_leaves_the_global_generator_alone(model):
    keras.utils.set_random_seed(7)
    expected = tf.random.uniform([]).numpy()
    keras.utils.set_random_seed(7)
    model.reconstruct(["a"], max_words=9)
    model.reconstruct(["a"], sampler="beam", max_words=9)
    model.generate(3, seed=1, max_words=9)

    assert tf.random.uniform([]).numpy() == expected


def test_set_random_seed_repeats_samples(model):
    def three_draws():
        keras.utils.set_random_seed(7)
        return [model.generate(3, max_words=9) for _ in range(3)]

    first, second, third = three_draws()
    assert first != second != third
    assert three_draws() == [first, second, third]


def test_set_random_seed_repeats_drawn_words_and_scores(model, codes):
    def draws():
        keras.utils.set_random_seed(7)
        words = generation.decode(model, codes, "random", max_words=9)
        return words, model.score(["a b"], samples=2, seed=None)["nll"].tolist()

    assert draws() == draws()


def test_what_was_drawn_before_does_not_matter(model, codes):
    first = generation.decode(model, codes, "random", seed=3, max_words=9)
    generation.decode(model, codes, "random", seed=4, max_words=9)
    model.generate(2, max_words=9)

    assert generation.decode(model, codes, "random", seed=3, max_words=9) == first


def test_a_sentence_is_the_same_in_a_shorter_list(model, codes):
    whole = generation.decode(model, codes, "random", seed=3, max_words=9)

    part = generation.decode(model, codes[:7], "random", seed=3, max_words=9)
    assert part == whole[:7]


def test_a_higher_limit_only_adds_words(model, codes):
    whole = generation.decode(model, codes, "random", seed=3, max_words=9)
    short = generation.decode(model, codes, "random", seed=3, max_words=4)

    assert short == [" ".join(text.split()[:4]) for text in whole]
    assert short != whole


def test_every_seed_of_64_bits_has_its_own_answer(model):
    seeds = [0, -1, 2**31, -(2**31), 2**40, 2**63 - 1, -(2**63), np.int64(5)]
    answers = [model.generate(8, seed=seed, max_words=9) for seed in seeds]

    assert [model.generate(8, seed=seed, max_words=9) for seed in seeds] == answers
    assert len({tuple(answer) for answer in answers}) == len(seeds)


@pytest.mark.parametrize("seed", [1.5, "1", 2**63, -(2**63) - 1, [1, 2]])
def test_a_bad_seed_is_refused(model, seed):
    with pytest.raises(ValueError, match="seed must be a whole number of at most 64"):
        model.generate(1, seed=seed)
    with pytest.raises(ValueError, match="seed must be a whole number of at most 64"):
        model.score(["a"], seed=seed)


@pytest.mark.parametrize("count", [1, 5, GROUP, GROUP + 1, 3 * GROUP])
def test_indices_are_drawn_in_proportion_to_their_weights(count):
    weights = np.random.default_rng(1).gamma(1.0, size=count).astype("float32")
    weights[::3] *= count == 1
    uniforms = (np.arange(100_000) + 0.5) / 100_000
    drawn = draw(tf.repeat(weights[None], 100_000, axis=0), tf.constant(uniforms))
    shares = np.bincount(drawn, minlength=count) / 100_000

    np.testing.assert_allclose(shares, weights / weights.sum(), atol=2e-5)


@pytest.mark.parametrize("uniform", [0.0, np.nextafter(1.0, 0.0)])
def test_an_index_without_weight_is_never_drawn(uniform):
    weights = np.zeros((1, 2 * GROUP), "float32")
    weights[0, [3, GROUP + 1]] = 0.1, 0.7
    drawn = draw(tf.constant(weights), tf.constant([uniform], tf.float64))

    assert drawn.numpy().tolist() == [3 if uniform == 0 else GROUP + 1]
