"""Arguments and configurations of the language model, of this and earlier versions."""

import inspect

import numpy as np
import pytest

from tests.models.sentence_models import WORDS, ids_of, make_model
from tf_vmfvae import layers, models

# A configuration as earlier versions saved it, but for the latent.
EARLIER = {
    "vocabulary": WORDS,
    "embedding_dim": 12,
    "hidden_dim": 16,
    "num_layers": 1,
    "encoder": "gru",
    "encoder_pooling": "last",
    "code_layers": 0,
    "condition": "none",
    "condition_dim": None,
    "num_labels": None,
    "bow_loss": 0.0,
    "samples": 3,
    "word_dropout": 0.0,
    "dropout": 0.1,
    "recurrent_dropout": 0.0,
    "tie_embeddings": True,
    "seed": 5,
    "name": "sentences",
    "dtype": "float32",
}


def from_earlier(**changes):
    latent = layers.VonMisesFisherLatent(8, kappa=30.0, seed=3)
    return models.NVRNN.from_config({**EARLIER, "latent": latent, **changes})


@pytest.mark.parametrize(
    ("changes", "condition", "labels"),
    [
        ({}, None, None),
        ({"num_labels": 5}, None, None),
        (
            {"condition": "bow", "condition_dim": 7},
            lambda: layers.BagOfWordsCondition(units=7),
            None,
        ),
        (
            {"condition": "label", "condition_dim": 50, "num_labels": 5},
            lambda: layers.LabelCondition(num_labels=5),
            [4, 0, 1, 2],
        ),
    ],
    ids=["none", "labels that are not read", "bow", "label"],
)
def test_a_configuration_of_an_earlier_version_makes_the_same_model(
    changes, condition, labels
):
    earlier = from_earlier(**changes)
    model = make_model(condition=condition, encoder_type="gru", codes=3)
    ids = ids_of(model, labels=labels)

    assert (earlier.encoder_type, earlier.codes) == ("gru", 3)
    outputs, expected = earlier(ids), model(ids)
    assert outputs.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(outputs[name], value)


def test_arguments_that_an_earlier_version_did_not_have_take_their_defaults():
    config = dict(EARLIER)
    added = ("encoder", "encoder_pooling", "num_layers", "condition", "condition_dim")
    for name in (*added, "num_labels", "code_layers", "samples"):
        del config[name]
    latent = layers.VonMisesFisherLatent(8, kappa=30.0, seed=3)
    model = models.NVRNN.from_config({**config, "latent": latent})

    assert (model.encoder_type, model.codes, model.condition) == ("lstm", 1, None)
    assert (model.decoder_layers, model.code_at_every_step) == (1, True)
    assert (model.weight_drop, model.variational_dropout) == (0.0, False)


def test_the_decoder_is_as_deep_as_the_encoder_unless_it_has_a_depth_of_its_own():
    def depths(**options):
        model = make_model(**options)
        parts = model.sentence_encoder, model.sentence_decoder
        return [len(part.layers) for part in parts]

    assert depths(num_layers=2) == [2, 2]
    assert depths(num_layers=2, decoder_layers=1) == [2, 1]
    assert depths(decoder_layers=3) == [1, 3]
    # A file of an earlier version has no depth of its own for the decoder.
    assert from_earlier(num_layers=2).decoder_layers == 2


def test_every_argument_is_an_attribute_of_its_name_and_in_the_configuration():
    options = {
        "embedding_dim": 4,
        "hidden_dim": 5,
        "num_layers": 2,
        "decoder_layers": 3,
        "code_at_every_step": False,
        "encoder_swaps": 0.1,
        "encoder_replacements": 0.2,
        "encoder_type": "bilstm",
        "encoder_pooling": "mean",
        "encoder_length": True,
        "code_layers": 1,
        "condition": layers.BagOfWordsCondition(3),
        "bow_loss": 0.5,
        "codes": 2,
        "word_dropout": 0.25,
        "dropout": 0.2,
        "recurrent_dropout": 0.1,
        "weight_drop": 0.3,
        "variational_dropout": True,
        "tie_embeddings": False,
        "softmax_cutoffs": [3, 5],
        "seed": 9,
        "name": "sentences",
        "trainable": False,
    }
    latent = layers.PowerSphericalLatent(4, 9.0)
    model = models.NVRNN(WORDS, latent, **options)
    config = model.get_config()

    arguments = set(inspect.signature(models.NVRNN).parameters)
    assert arguments == {"vocabulary", "latent", "dtype", *options}
    assert model.latent is latent
    assert model.vocabulary == ["<unk>", "<eos>", *WORDS]
    for name, value in options.items():
        assert getattr(model, name) == value, name
        if name not in ("condition", "trainable"):
            assert config[name] == value, name
    assert config["condition"]["config"]["units"] == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"encoder_type": "cnn"},
            "encoder_type is 'cnn': choose one of lstm, bilstm, gru, bow",
        ),
        ({"encoder_pooling": "min"}, "choose one of last, max, mean"),
        ({"num_layers": 0}, "num_layers is 0: give at least 1"),
        ({"decoder_layers": 0}, "decoder_layers is 0: give at least 1"),
        ({"decoder_layers": 1.5}, "decoder_layers is 1.5: give a whole number"),
        (
            {"code_at_every_step": "no"},
            "code_at_every_step is 'no': give True or False",
        ),
        ({"codes": 0}, "codes is 0: give at least 1"),
        ({"code_layers": -1}, "code_layers is -1: give at least 0"),
        ({"condition": lambda: "bow"}, "condition is 'bow': give a layer, such as"),
        ({"codes": 1.5}, "codes is 1.5: give a whole number"),
        ({"hidden_dim": -1}, "hidden_dim is -1: give at least 1"),
        ({"dropout": 1.0}, "dropout is 1.0: give 0 or more, and below 1"),
        ({"recurrent_dropout": "a"}, "recurrent_dropout is 'a': give 0 or more"),
        ({"weight_drop": 1}, "weight_drop is 1: give 0 or more, and below 1"),
        (
            {"weight_drop": 0.5, "encoder_type": "gru"},
            "encoder_type is 'gru', which has no weight drop; choose 'lstm'",
        ),
        ({"encoder_length": 1}, "encoder_length is 1: give True or False"),
        ({"variational_dropout": 1}, "variational_dropout is 1: give True or False"),
        ({"encoder_swaps": 1.5}, r"swaps must be in \[0, 1\], not 1.5"),
        ({"encoder_replacements": -1}, r"replacements must be in \[0, 1\], not -1"),
        ({"bow_loss": -1.0}, "bow_loss is -1.0: give 0 or a positive number"),
    ],
)
def test_arguments_out_of_range_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        make_model(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": 1.5}, r"^seed is 1.5: give a whole number"),
        ({"latent": "vmf"}, r"^latent is 'vmf': give a layer"),
    ],
)
def test_a_latent_or_seed_of_another_kind_is_named(options, message):
    latent = layers.VonMisesFisherLatent(4, kappa=20.0)
    with pytest.raises(ValueError, match=message):
        models.NVRNN(**{"vocabulary": WORDS, "latent": latent, **options})


def test_the_weights_have_the_same_order_in_all_versions():
    """Files have the optimiser's state in the order of the weights."""
    model = make_model(
        condition=layers.BagOfWordsCondition, bow_loss=1.0, code_layers=1
    )
    names = [
        "/".join(weight.path.split("/")[-2:]) for weight in model.trainable_weights
    ]
    kernels = [name for name in names if not name.endswith("bias")]

    assert kernels == [
        "embedding/embeddings",
        "mean_direction/kernel",
        "output_map/kernel",
        "bow_map/kernel",
        "bag_map/kernel",
        "code_scale/log_scale",
        "code_0/kernel",
        "lstm_cell/kernel",
        "lstm_cell/recurrent_kernel",
        "initial_h/kernel",
        "initial_c/kernel",
        "lstm_cell/kernel",
        "lstm_cell/recurrent_kernel",
    ]
