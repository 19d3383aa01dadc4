"""Mutual information, compared with numerical integration and its limits."""

import math

import numpy as np
import pytest

from tf_vmfvae import evaluation, layers


def directions(count):
    angle = np.arange(count) * 2 * np.pi / count
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype("float32")


def test_it_agrees_with_numerical_integration(on_circle):
    hidden = np.repeat(directions(3), 2000, axis=0)
    found = evaluation.mutual_information(on_circle, [hidden[:3500], hidden[3500:]])

    fine = directions(5000)
    posteriors = on_circle.latent.posterior(directions(3))
    density = np.exp(posteriors.log_prob(fine[:, None]).numpy()).T
    mixture = density.mean(axis=0)
    exact = np.mean(np.sum(density * np.log(density / mixture), axis=1))
    exact *= 2 * np.pi / 5000
    kl = float(on_circle.latent.exact_kl(on_circle.latent.kappa))

    assert abs(found.mutual_information - exact) < 4 * found.standard_error
    assert found.marginal_kl == pytest.approx(kl - found.mutual_information, rel=1e-5)
    assert found.examples == 6000


def test_it_is_0_for_equal_posteriors_and_the_limit_for_separate_ones(on_circle):
    same = evaluation.mutual_information(on_circle, [np.ones((50, 2), "float32")])
    on_circle.latent.kappa = 1e7
    apart = evaluation.mutual_information(on_circle, [directions(50)])

    assert same.mutual_information == pytest.approx(0, abs=1e-5)
    assert apart.mutual_information == pytest.approx(math.log(50), rel=1e-3)
    assert apart.limit == math.log(50)


def test_little_memory_gives_the_same_result(on_circle):
    hidden = directions(40)
    whole = evaluation.mutual_information(on_circle, [hidden])
    pieces = evaluation.mutual_information(on_circle, [hidden], cells=100)

    assert pieces.mutual_information == pytest.approx(whole.mutual_information)


def test_a_model_without_a_code_has_no_information(make_model, sentences):
    model = make_model(layers.NoLatent())
    ids = model.tokenizer(sentences).to_tensor()
    found = evaluation.mutual_information(model, [ids])

    assert (found.mutual_information, found.marginal_kl) == (0, 0)


def test_the_code_of_a_language_model_distinguishes_its_sentences(
    circle_model, sentences
):
    ids = circle_model.tokenizer(sentences).to_tensor()
    found = evaluation.mutual_information(circle_model, [ids, ids[:0]])

    assert 0.1 < found.mutual_information <= found.limit == math.log(4)


def test_a_data_set_without_examples_is_refused(on_circle):
    with pytest.raises(ValueError, match="batches holds no example"):
        evaluation.mutual_information(on_circle, [])
