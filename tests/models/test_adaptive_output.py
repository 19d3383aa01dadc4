"""A language model that ends in an adaptive softmax."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.sentence_models import SENTENCES, ids_of, make_model
from tf_vmfvae import evaluation, models
from tf_vmfvae.models.served_model import ServedModel
from trainers.devices.strategies import distribute
from trainers.training.step import TrainingStep

CUTOFFS = [4, 7]


def make_adaptive(**options):
    return make_model(softmax_cutoffs=CUTOFFS, **options)


@pytest.fixture(scope="module")
def fitted():
    model = make_adaptive(bow_loss=0.5, dropout=0.0)
    model.compile(optimizer=keras.optimizers.Adam(0.02))
    # One epoch of 100 equal batches: an epoch takes longer than they do.
    batches = tf.data.Dataset.from_tensors(ids_of(model)).repeat(100)
    model.fit(batches, verbose=0)
    return model


def test_the_reconstruction_is_the_nll_of_the_decoders_words(fitted):
    ids = ids_of(fitted)
    z = fitted.latent.prior().sample(len(ids), seed=(1, 2))
    logits = fitted.decoder([ids, z]).numpy()
    picked = np.take_along_axis(logits, np.maximum(ids - 1, 0)[..., None], axis=-1)
    expected = -np.where(ids, picked[..., 0], 0).sum(axis=-1)

    np.testing.assert_allclose(np.exp(logits).sum(axis=-1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(
        fitted.likelihood([ids, z]), expected, rtol=1e-5, atol=1e-5
    )


def test_it_memorises_a_handful_of_sentences(fitted):
    assert fitted.reconstruct(SENTENCES) == SENTENCES


@pytest.mark.parametrize("sampler", ["greedy", "beam", "random", "top_k", "top_p"])
def test_every_sampler_writes_words(fitted, sampler):
    texts = fitted.generate(3, sampler=sampler, max_words=9, seed=1)

    assert fitted.generate(3, sampler=sampler, max_words=9, seed=1) == texts
    assert {w for text in texts for w in text.split()} <= {*fitted.vocabulary}


def test_a_loaded_model_gives_the_outputs_of_the_saved_one(fitted, tmp_path):
    fitted.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")

    assert loaded.softmax_cutoffs == CUTOFFS
    expected = fitted.score(SENTENCES)
    for name, values in loaded.score(SENTENCES).items():
        np.testing.assert_array_equal(values, expected[name])
    assert loaded.reconstruct(SENTENCES) == fitted.reconstruct(SENTENCES)


@pytest.mark.slow
def test_a_served_model_scores_as_the_keras_model(fitted, tmp_path):
    ServedModel(fitted, max_words=9).save(tmp_path)
    served = tf.saved_model.load(tmp_path)
    scores = served.score(tf.constant(SENTENCES), samples=1, seed=1)

    for name, values in fitted.score(SENTENCES, samples=1, seed=1).items():
        np.testing.assert_allclose(scores[name], values, rtol=1e-5)


def test_the_importance_weighted_bound_is_tighter(fitted):
    bounds = evaluation.importance_weighted(fitted, [ids_of(fitted)], (1, 50))

    assert bounds.nll_iw[50] < bounds.nll_iw[1]


def test_two_replicas_train_as_one_does(strategies):
    results = []
    for strategy in strategies:
        with strategy.scope():
            model = make_adaptive(dropout=0.0)
            optimizer = keras.optimizers.SGD(0.1)
            optimizer.build(model.trainable_variables)
        step = TrainingStep(model, optimizer, strategy, clip_norm=5.0)
        # The second replica has no word of the last tail.
        ids = ids_of(model, [SENTENCES[3], SENTENCES[0], "the bank", "the company"])
        dataset = tf.data.Dataset.from_tensors(ids).repeat(2)
        losses = [
            float(step(batch)["reconstruction"])
            for batch in distribute(strategy, dataset)
        ]
        results.append((losses, [w.numpy() for w in model.trainable_variables]))
    (one, weights), (two, others) = results

    assert one[1] < one[0]
    np.testing.assert_allclose(one, two, rtol=1e-5)
    for weight, other in zip(weights, others, strict=True):
        np.testing.assert_allclose(weight, other, atol=1e-5)


def test_cutoffs_that_do_not_fit_the_vocabulary_are_named():
    words = len(make_model().vocabulary)
    for cutoffs in ([words], [0], [5, 5], [], "auto", [2.0]):
        with pytest.raises(ValueError, match="softmax_cutoffs is"):
            make_model(softmax_cutoffs=cutoffs)


def test_a_warm_start_takes_the_same_cutoffs(fitted):
    model = make_adaptive()
    models.warm_start(model, fitted)
    one, other = (each.softmax.bias.numpy() for each in (model, fitted))
    np.testing.assert_array_equal(one, other)

    with pytest.raises(ValueError, match="different softmax_cutoffs"):
        models.warm_start(make_model(), fitted)
