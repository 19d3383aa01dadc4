"""The decoder of sentences, as a part of a model."""

import numpy as np
import pytest
import tensorflow as tf

from tests.models.sentence_models import ids_of, make_model


def test_an_inputless_decoder_does_not_read_the_words():
    model = make_model(word_dropout=1.0)
    ids = ids_of(model)
    other = tf.where(ids == 0, 0, tf.reverse(ids, [1]) % 7 + 3)
    z = tf.ones([4, 8])

    np.testing.assert_allclose(
        model.decoder([ids, z])[:, :5], model.decoder([other, z])[:, :5], rtol=1e-5
    )


def test_a_standard_decoder_reads_only_previous_words():
    model = make_model()
    ids = ids_of(model)
    later = tf.concat([ids[:, :3], tf.fill([4, ids.shape[1] - 3], 4)], axis=1)
    z = tf.ones([4, 8])
    one, other = model.decoder([ids, z]).numpy(), model.decoder([later, z]).numpy()

    np.testing.assert_allclose(one[:, :4], other[:, :4], rtol=1e-5)
    assert np.abs(one[:, 4:] - other[:, 4:]).max() > 1e-4


@pytest.mark.parametrize("latent", ["vmf", "none"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"code_layers": 2},
        {"num_layers": 2},
        {"decoder_layers": 2, "code_at_every_step": False},
    ],
    ids=str,
)
def test_steps_give_the_logits_of_the_whole_sentence(latent, options):
    model = make_model(latent, **options)
    ids = ids_of(model)
    z = model.latent.prior().sample(4, seed=(1, 2))
    whole = model.decoder([ids, z])

    state, previous = model.initial_state(z), tf.fill([4], 2)
    for position in range(ids.shape[1]):
        logits, state = model.step(previous, model.context(z), state)
        np.testing.assert_allclose(logits, whole[:, position], rtol=1e-4, atol=1e-5)
        previous = ids[:, position]


@pytest.mark.parametrize("latent", ["vmf", "none"])
def test_a_compiled_decoder_gives_the_same_likelihood(latent):
    model = make_model(latent)
    ids = ids_of(model)
    z = model.latent(model.encoder(ids))[0]
    compiled = tf.function(lambda ids, z: model.likelihood([ids, z]))

    np.testing.assert_allclose(compiled(ids, z), model.likelihood([ids, z]), rtol=1e-5)


def test_without_a_code_the_first_state_is_zero():
    model = make_model("none", num_layers=2)
    state = model.initial_state(tf.zeros([4, 0]))

    assert [part.shape for part in state] == [(4, 16)] * 4
    assert not np.any(state)


def test_dropout_between_layers_and_on_the_state_is_only_for_training():
    model = make_model(num_layers=2, recurrent_dropout=0.5, dropout=0.0)
    ids = ids_of(model)
    z = tf.ones([4, 8])
    without_noise = model.likelihood([ids, z])

    np.testing.assert_array_equal(model.likelihood([ids, z]), without_noise)
    noisy = model.likelihood([ids, z], training=True)
    assert np.all(np.abs(noisy - without_noise) > 1e-5)
