"""Posteriors fitted to their examples give better bounds that are still valid."""

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import evaluation, layers
from tf_vmfvae.evaluation import Refinement

LATENTS = {
    "vmf": lambda: layers.VonMisesFisherLatent(4, kappa=20.0, seed=1),
    "vmf_learned": lambda: layers.LearnedVonMisesFisherLatent(4, 20.0, seed=1),
    "power_spherical": lambda: layers.PowerSphericalLatent(4, kappa=20.0, seed=1),
    "spherical_cauchy": lambda: layers.SphericalCauchyLatent(4, kappa=20.0, seed=1),
    "vmf_norm": lambda: layers.VonMisesFisherNormLatent(4, kappa=20.0, seed=1),
    "product": lambda: layers.SphereProductLatent(4, 2, seed=1),
    "natural": lambda: layers.NaturalSphereProductLatent(4, 2, seed=1),
    "gaussian": lambda: layers.GaussianLatent(4, seed=1),
}


@pytest.mark.parametrize("name", LATENTS)
def test_every_latent_gets_a_better_bound(make_model, sentences, name):
    model = make_model(LATENTS[name]())
    ids = model.tokenizer(sentences).to_tensor()
    weights = [weight.copy() for weight in model.get_weights()]

    def bounds(refinement=None):
        return evaluation.importance_weighted(model, [ids], 2000, refinement=refinement)

    before, after = bounds(), bounds(Refinement(steps=30))

    # The weights are random, so no posterior is a good one at first.
    error = np.hypot(before.nll_standard_error, after.nll_standard_error)
    assert after.nll < before.nll - 10 * error
    for weight, kept in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, kept)


def test_it_is_a_bound_for_every_sentence_and_reaches_the_likelihood(
    circle_model, integrated_nll, sentences
):
    ids = circle_model.tokenizer(sentences).to_tensor()
    for row in ids:
        exact = integrated_nll(row)
        bounds = evaluation.importance_weighted(
            circle_model, [row[None]], (1, 20_000), refinement=Refinement(steps=40)
        )
        assert bounds.nll > exact - 4 * bounds.nll_standard_error
        error = bounds.nll_iw_standard_error[20_000]
        assert abs(bounds.nll_iw[20_000] - exact) < 5 * error


def test_no_code_is_sampled_twice(circle_model, sentences, monkeypatch):
    """The bound, the fit and each part of a batch use different seeds."""
    seeds, posterior = [], circle_model.latent.posterior

    def recorded(hidden):
        distribution = posterior(hidden)
        sample = distribution.sample

        def record(count, seed):
            seeds.append(tuple(np.asarray(seed)))
            return sample(count, seed=seed)

        distribution.sample = record
        return distribution

    monkeypatch.setattr(circle_model.latent, "posterior", recorded)
    ids = circle_model.tokenizer(sentences).to_tensor()
    tf.config.run_functions_eagerly(True)
    try:
        evaluation.importance_weighted(
            circle_model, [ids, ids], 6, memory=1, refinement=Refinement(steps=3)
        )
    finally:
        tf.config.run_functions_eagerly(False)

    # Two batches of four parts with one row: three steps and six samples for each.
    assert len(seeds) == 2 * 4 * (3 + 6)
    assert len(set(seeds)) == len(seeds)


def test_the_same_seed_gives_the_same_figures(circle_model, sentences):
    ids = circle_model.tokenizer(sentences).to_tensor()
    one, again = (
        evaluation.importance_weighted(
            circle_model, [ids], 10, seed=3, refinement=Refinement(steps=3)
        )
        for _ in range(2)
    )
    assert one == again


def test_empty_rows_and_little_memory_give_the_same_bound(circle_model, sentences):
    ids = circle_model.tokenizer(sentences).to_tensor()
    padded = tf.pad(ids, [[0, 2], [0, 1]])
    whole, in_parts = (
        evaluation.importance_weighted(
            circle_model,
            [batch],
            3000,
            memory=memory,
            refinement=Refinement(steps=20),
        )
        for batch, memory in ((ids, 2**29), (padded, 20_000))
    )
    assert (in_parts.examples, in_parts.tokens) == (whole.examples, whole.tokens)
    # Each part has its own noise and its own learning rate.
    assert in_parts.nll == pytest.approx(whole.nll, rel=0.01)


def test_a_latent_without_mirror_images_is_refused(make_model, sentences):
    class Plain(layers.GaussianLatent):
        mirror = layers.Latent.mirror

    model = make_model(Plain(4, seed=1))
    ids = model.tokenizer(sentences).to_tensor()
    with pytest.raises(ValueError, match="Plain has no mirror images"):
        evaluation.importance_weighted(model, [ids], 1, refinement=Refinement())


def test_a_model_without_a_code_has_nothing_to_fit(make_model, sentences):
    model = make_model(layers.NoLatent())
    ids = model.tokenizer(sentences).to_tensor()
    plain, refined = (
        evaluation.importance_weighted(model, [ids], 1, refinement=refinement)
        for refinement in (None, Refinement())
    )
    assert plain == refined


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps must be 1 or more, not 0"),
        ({"samples": 1}, "samples must be even, 2 or more, not 1"),
        ({"samples": 3}, "samples must be even, 2 or more, not 3"),
        ({"learning_rate": 0.0}, "learning_rate must be positive and finite, not 0"),
        ({"learning_rate": float("nan")}, "learning_rate must be .* not nan"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        Refinement(**arguments)
