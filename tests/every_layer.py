"""An example of each public layer and model, which several tests use."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np

from tf_vmfvae import layers, models

IDS = np.array([[3, 4, 2], [5, 2, 0]], "int32")
PAIRS = np.array([[[1, 2], [3, 1]], [[2, 4], [0, 0]]], "int32")
HIDDEN = np.random.default_rng(0).normal(size=(2, 7)).astype("float32")
WORDS = ["ball", "goal", "rain"]
# A latent gives codes of 4 dimensions and a KL divergence for each of 2 examples.
CODES = (2, 4), (2,)


class Example(NamedTuple):
    """A layer, what it is called with, and what that must give.

    Attributes:
        make: a function that makes the layer, and passes its arguments on to it.
        inputs: arguments of the call, or `None` if it is not called.
        outputs: shape of each output.
        trainable: number of trainable weights.
        state: number of other variables; a seed generator is one.
    """

    make: Callable
    inputs: tuple | None
    outputs: tuple
    trainable: int = 0
    state: int = 0


def _latent(make, *arguments, outputs=CODES, trainable=2, state=1, **options):
    def seeded(**more):
        return make(*arguments, seed=3, **options, **more)

    return Example(seeded, (HIDDEN,), outputs, trainable, state)


def _nvdm(**options):
    return models.NVDM(
        WORDS,
        layers.NaturalSphereProductLatent(4, 2, seed=3),
        hidden_dim=4,
        encoder_layers=1,
        decoder_layers=0,
        activation="tanh",
        input_transform="log",
        input_dropout=0.1,
        dropout=0.1,
        scale_code=False,
        bursts=True,
        codes=2,
        seed=1,
        **{"dtype": "mixed_bfloat16", "name": "documents", **options},
    )


def _nvrnn(**options):
    return models.NVRNN(
        WORDS,
        layers.PowerSphericalLatent(4, 9.0, seed=3),
        embedding_dim=4,
        hidden_dim=5,
        num_layers=2,
        encoder_type="gru",
        encoder_pooling="max",
        code_layers=1,
        condition=layers.BagOfWordsCondition(3),
        bow_loss=0.5,
        codes=2,
        word_dropout=0.5,
        dropout=0.1,
        recurrent_dropout=0.1,
        tie_embeddings=False,
        softmax_cutoffs=[2],
        seed=1,
        **{"name": "sentences", **options},
    )


def _importance_weighted(**options):
    def log_ratio(z, hidden):
        return z[..., 0]

    return layers.ImportanceWeightedNLL(log_ratio, **options)


LAYERS = {
    "BagDense": Example(
        lambda **options: layers.BagDense(3, 2, activation="tanh", **options),
        (PAIRS[..., 0], PAIRS[..., 1].astype("float32")),
        ((2, 2),),
        trainable=2,
    ),
    "BagNLL": Example(layers.BagNLL, (HIDDEN, np.abs(HIDDEN)), ((2,),)),
    "BagOfWordsCondition": Example(
        lambda **options: layers.BagOfWordsCondition(3, seed=1, **options),
        (IDS, np.stack([HIDDEN] * 3, axis=1)),
        ((2, 3),),
        trainable=2,
    ),
    "BurstyBagNLL": Example(
        lambda **options: layers.BurstyBagNLL(7.0, **options),
        (HIDDEN, PAIRS),
        ((2,),),
        trainable=1,
    ),
    "CodeScale": Example(
        lambda **options: layers.CodeScale(3.0, **options),
        (HIDDEN,),
        ((2, 7),),
        trainable=1,
    ),
    "Dense": Example(
        lambda **options: layers.Dense(2, "tanh", **options),
        (HIDDEN,),
        ((2, 2),),
        trainable=2,
    ),
    "Dropout": Example(
        lambda **options: layers.Dropout(0.2, seed=1, **options),
        (HIDDEN,),
        ((2, 7),),
        state=1,
    ),
    "GaussianLatent": _latent(
        layers.GaussianLatent, 4, free_bits=2.0, batch_norm=0.5, trainable=4, state=4
    ),
    "GaussianMixturePrior": Example(
        lambda **options: layers.GaussianMixturePrior(3, 4, seed=1, **options),
        None,
        (),
        trainable=3,
    ),
    "ImportanceWeightedNLL": Example(
        _importance_weighted, (HIDDEN[:, 0], HIDDEN, HIDDEN[:1]), ((1,),)
    ),
    "LSTM": Example(
        lambda **options: layers.LSTM(2, return_state=True, **options),
        (np.stack([HIDDEN] * 2, axis=1),),
        ((2, 2), (2, 2), (2, 2)),
        trainable=3,
        state=1,
    ),
    "LabelCondition": Example(
        lambda **options: layers.LabelCondition(5, 3, seed=1, **options),
        (np.array([0, 4], "int32"),),
        ((2, 3),),
        trainable=1,
    ),
    "LearnedVonMisesFisherLatent": _latent(
        layers.LearnedVonMisesFisherLatent,
        4,
        9.0,
        kappa_floor=2.0,
        kappa_ceiling=20.0,
        trainable=4,
    ),
    "MeanOverCodes": Example(layers.MeanOverCodes, (HIDDEN[:, 0], HIDDEN[:1]), ((1,),)),
    "MinimumRate": Example(
        lambda **options: layers.MinimumRate(2.0, **options),
        (np.abs(HIDDEN[:, 0]),),
        ((2,),),
        trainable=1,
    ),
    "MixturePrior": Example(
        lambda **options: layers.MixturePrior(3, 4, seed=1, **options),
        None,
        (),
        trainable=3,
    ),
    "NaturalSphereProductLatent": _latent(
        layers.NaturalSphereProductLatent,
        4,
        2,
        9.0,
        concentration_features=1,
        trainable=4,
    ),
    "ProjectedNormalLatent": _latent(
        layers.ProjectedNormalLatent, 4, free_bits=2.0, trainable=4
    ),
    "NoLatent": _latent(layers.NoLatent, outputs=((2, 0), (2,)), trainable=0),
    "PosteriorNormalization": Example(
        lambda **options: layers.PosteriorNormalization(0.5, **options),
        (HIDDEN,),
        ((2, 7),),
        trainable=1,
        state=3,
    ),
    "PowerSphericalLatent": _latent(layers.PowerSphericalLatent, 4, 9.0),
    "SphericalCauchyLatent": _latent(layers.SphericalCauchyLatent, 4, 9.0),
    "RepeatExamples": Example(layers.RepeatExamples, (HIDDEN[:1], HIDDEN), ((2, 7),)),
    "SphereProductLatent": _latent(
        layers.SphereProductLatent, 4, 2, 9.0, concentration_features=1, trainable=4
    ),
    "SphereProductMixturePrior": Example(
        lambda **options: layers.SphereProductMixturePrior(3, 4, 2, seed=1, **options),
        None,
        (),
        trainable=3,
    ),
    "VonMisesFisherLatent": _latent(
        layers.VonMisesFisherLatent,
        4,
        9.0,
        training_kappa=5.0,
        prior_components=2,
        trainable=5,
    ),
    "VonMisesFisherNormLatent": _latent(
        layers.VonMisesFisherNormLatent, 4, 9.0, norm_range=5.0, norm_width=0.5
    ),
    "WordCounts": Example(
        lambda **options: layers.WordCounts(3, **options), (PAIRS,), ((2, 3),)
    ),
    "WordDropout": Example(
        lambda **options: layers.WordDropout(0.5, seed=1, **options),
        (IDS,),
        ((2, 3),),
        state=1,
    ),
    "WordNoise": Example(
        lambda **options: layers.WordNoise(0.5, 0.5, num_words=5, seed=1, **options),
        (IDS,),
        ((2, 3),),
        state=1,
    ),
    "WordSoftmax": Example(
        lambda **options: layers.WordSoftmax(
            5, embedding=keras.layers.Embedding(6, 7, **options), **options
        ),
        (HIDDEN[:, None],),
        ((2, 1, 5),),
        trainable=2,
    ),
    "AdaptiveWordSoftmax": Example(
        lambda **options: layers.AdaptiveWordSoftmax(9, [2, 5], **options),
        (HIDDEN[:, None],),
        ((2, 1, 9),),
        trainable=6,
    ),
    "WordTokenizer": Example(
        lambda **options: layers.WordTokenizer(WORDS, **options),
        (np.array(["goal ball", "x"]),),
        ((2, None),),
    ),
}
MODELS = {
    "NVDM": Example(_nvdm, (PAIRS,), ((2,), (2,)), trainable=9, state=4),
    "NVRNN": Example(_nvrnn, (IDS,), ((2,), (2,), (2,)), trainable=34, state=11),
}
EXAMPLES = {**LAYERS, **MODELS}
