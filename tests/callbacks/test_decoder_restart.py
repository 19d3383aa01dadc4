"""After pretraining, the decoder starts over and the encoder goes on."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models
from tf_vmfvae.callbacks import DecoderRestart

WORDS = ["ball", "goal", "rain"]


def nvrnn():
    latent = layers.VonMisesFisherLatent(4, 9.0, seed=3, prior_components=2)
    return models.NVRNN(
        WORDS,
        latent,
        embedding_dim=4,
        hidden_dim=5,
        bow_loss=1.0,
        code_layers=1,
        condition=layers.BagOfWordsCondition(3),
        seed=1,
    )


def nvdm():
    latent = layers.GaussianLatent(4, seed=3, batch_norm=0.5, minimum_rate=1.0)
    return models.NVDM(WORDS, latent, hidden_dim=4, seed=1)


def values(weights):
    return [tf.convert_to_tensor(weight).numpy() for weight in weights]


def trained(make):
    """Returns a model whose weights have all moved, and its decoder's first weights."""
    model = make()
    first = values(model.decoder_weights())
    for weight in model.trainable_variables:
        weight.assign(tf.convert_to_tensor(weight) + 1.0)
    return model, first


def begin(model, epoch, batch):
    restart = DecoderRestart(epoch=2)
    restart.set_model(model)
    restart.on_train_begin()
    restart.on_epoch_begin(epoch)
    restart.on_train_batch_begin(batch)


@pytest.mark.parametrize("make", [nvrnn, nvdm])
@pytest.mark.parametrize("replicas", ["one", pytest.param("two")])
def test_only_the_decoder_starts_over(make, replicas, request):
    scope = tf.distribute.get_strategy()
    if replicas == "two":
        scope = request.getfixturevalue("two_replicas")
    with scope.scope():
        model, first = trained(make)
    decoder = {id(weight) for weight in model.decoder_weights()}
    others = [v for v in model.variables if id(v) not in decoder]
    kept = values(others)
    begin(model, epoch=2, batch=0)

    np.testing.assert_equal(values(model.decoder_weights()), first)
    np.testing.assert_equal(values(others), kept)
    # How frequent the words are is known from the start, and stays known.
    assert any(variable is model.output_bias for variable in others)


@pytest.mark.parametrize(("epoch", "batch"), [(1, 0), (2, 1), (3, 0)])
def test_it_starts_over_before_one_batch_alone(epoch, batch):
    model, _ = trained(nvdm)
    before = values(model.variables)
    begin(model, epoch, batch)

    np.testing.assert_equal(values(model.variables), before)


def test_the_decoder_is_what_neither_encoder_nor_latent_has():
    model = nvrnn()
    names = {weight.path.split("/")[0] for weight in model.decoder_weights()}

    assert {"decoder_rnn", "output_map", "bag_map", "initial_h"} <= names
    assert not {"embedding", "encoder_rnn", "prior", "softmax"} & names
    encoder = {id(weight) for weight in model.encoder_weights()}
    assert not encoder & {id(weight) for weight in model.decoder_weights()}
    assert id(model.embedding.weights[0]) in encoder
    assert not encoder & {id(v) for v in model.latent.mixture_prior.weights}


def test_a_negative_epoch_and_another_model_are_refused():
    with pytest.raises(ValueError, match="epoch is -1: epochs are numbered from 0"):
        DecoderRestart(-1)
    with pytest.raises(ValueError, match=r"needs a model of tf_vmfvae\.models"):
        begin(keras.Sequential([keras.layers.Dense(1)]), 0, 0)
