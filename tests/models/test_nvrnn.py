"""The language model: training, its bound, its files."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tests.models.sentence_models import (
    LATENTS,
    SENTENCES,
    WORDS,
    ids_of,
    make_model,
    with_policy,
)
from tf_vmfvae import layers

# One latent of each kind, because fitting takes seconds.
FITTED = ("vmf", "gaussian", "none")


def repeated(ids, steps):
    """Returns one epoch of that many equal batches; an epoch takes longer than them."""
    return tf.data.Dataset.from_tensors(ids).repeat(steps)


@pytest.fixture(scope="module")
def overfitted():
    model = make_model(hidden_dim=64, embedding_dim=32, dropout=0.0)
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    model.fit(repeated(ids_of(model), 200), shuffle=False, verbose=0)
    return model


def test_a_handful_of_sentences_is_memorised(overfitted):
    assert overfitted.reconstruct(SENTENCES) == SENTENCES
    bounds = tf_vmfvae.evaluation.evaluate(overfitted, [ids_of(overfitted)])
    assert bounds.reconstruction < 0.5
    assert bounds.code_gain > 2


@pytest.mark.slow
def test_an_inputless_model_learns_them_from_the_code_alone():
    latent = layers.VonMisesFisherLatent(8, kappa=500.0, seed=3)
    model = tf_vmfvae.models.NVRNN(
        WORDS, latent, hidden_dim=64, dropout=0.0, word_dropout=1.0, seed=5
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    model.fit(repeated(ids_of(model), 300), shuffle=False, verbose=0)

    assert model.reconstruct(SENTENCES) == SENTENCES


def test_raw_text_goes_in_and_comes_out(overfitted):
    codes = overfitted.encode(SENTENCES, batch_size=3)
    between = overfitted.interpolate(SENTENCES[1], SENTENCES[2], steps=5)

    assert codes.shape == (4, 8)
    np.testing.assert_allclose(np.linalg.norm(codes, axis=-1), 1, atol=1e-5)
    assert (between[0], between[-1], len(between)) == (SENTENCES[1], SENTENCES[2], 5)
    assert overfitted.generate(3, seed=1) == overfitted.generate(3, seed=1)
    assert overfitted.encode([]).shape == (0, 8)


def test_the_same_seed_makes_the_same_model():
    one, other = make_model(), make_model()
    ids = ids_of(one)

    np.testing.assert_array_equal(
        one(ids)["reconstruction"], other(ids)["reconstruction"]
    )


def test_untied_output_weights_are_separate_weights():
    tied, untied = make_model(), make_model(tie_embeddings=False)

    assert untied.count_params() > tied.count_params()
    assert np.isfinite(untied(ids_of(untied))["reconstruction"]).all()


def test_a_model_can_be_a_layer_of_another_model():
    model = make_model()
    ids = keras.Input((None,), dtype="int32")
    outputs = model(ids)
    z, _ = model.latent(model.encoder(ids))
    whole = keras.Model(ids, [outputs["reconstruction"], keras.layers.Dense(3)(z)])
    reconstruction, scores = whole(ids_of(model))

    np.testing.assert_allclose(
        reconstruction, model(ids_of(model))["reconstruction"], rtol=0.2
    )
    assert scores.shape == (4, 3)


# === The bound and the loss ===


def test_padding_changes_nothing():
    model = make_model()
    ids = ids_of(model)
    wide = tf.pad(ids, [[0, 0], [0, 9]])
    z = tf.ones([4, 8])

    np.testing.assert_allclose(model.encoder(wide), model.encoder(ids), atol=1e-6)
    np.testing.assert_allclose(
        model.likelihood([wide, z]), model.likelihood([ids, z]), rtol=1e-5
    )


def test_empty_rows_count_in_no_loss_and_no_metric():
    model = make_model("none")
    model.compile(run_eagerly=True)
    ids = ids_of(model)
    filled = tf.pad(ids, [[0, 3], [0, 0]])

    plain = model.evaluate(ids, verbose=0, return_dict=True)
    padded = model.evaluate(filled, verbose=0, return_dict=True, batch_size=7)
    for name in ("nll", "reconstruction", "kl", "ppl"):
        np.testing.assert_allclose(padded[name], plain[name], rtol=1e-5)


def test_the_metrics_are_the_bound_and_its_parts():
    model = make_model()
    model.compile()
    ids = ids_of(model)
    logs = model.evaluate(ids, verbose=0, return_dict=True)
    words = int(tf.math.count_nonzero(ids))

    np.testing.assert_allclose(logs["nll"], logs["reconstruction"] + logs["kl"], 1e-5)
    np.testing.assert_allclose(logs["loss"], logs["nll"], rtol=1e-5)
    np.testing.assert_allclose(logs["ppl"], np.exp(logs["nll"] * 4 / words), rtol=1e-4)


def test_kl_weight_scales_the_kl_in_the_loss_and_not_in_the_bound():
    model = make_model("gaussian")
    model.compile(run_eagerly=True)
    model.kl_weight.assign(0.25)
    logs = model.evaluate(ids_of(model), verbose=0, return_dict=True)

    expected = logs["reconstruction"] + 0.25 * logs["kl"]
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)
    np.testing.assert_allclose(logs["nll"], logs["reconstruction"] + logs["kl"], 1e-5)


def test_free_bits_change_the_loss_and_not_the_bound():
    latent = layers.GaussianLatent(8, free_bits=3.0, seed=3)
    model = tf_vmfvae.models.NVRNN(WORDS, latent, embedding_dim=4, hidden_dim=4)
    model.compile(run_eagerly=True)
    logs = model.evaluate(ids_of(model), verbose=0, return_dict=True)

    assert logs["kl"] < 1
    np.testing.assert_allclose(logs["loss"], logs["reconstruction"] + 3.0, rtol=1e-5)
    np.testing.assert_allclose(logs["nll"], logs["reconstruction"] + logs["kl"], 1e-5)


@pytest.mark.parametrize("options", [{}, {"tie_embeddings": False}], ids=str)
def test_bow_loss_is_the_nll_of_the_words_given_the_code_alone(options):
    model = make_model(bow_loss=2.0, dropout=0.0, **options)
    ids = ids_of(model)
    # Weights that are large enough to tell words apart.
    model.bag_map.kernel.assign(10 * model.bag_map.kernel)
    model.latent.call = lambda hidden, training=False: (z, kl)
    z, kl = tf.math.l2_normalize(tf.eye(4, 8) + 0.1, -1), tf.zeros([4])
    outputs = model(ids)

    kernel, bias = model.bag_map.weights
    logits = model.softmax((z @ kernel + bias)[:, None])[:, 0].numpy()
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    expected = [
        -2 * sum(log_p[row, word - 1] for word in words if word)
        for row, words in enumerate(ids.numpy())
    ]
    np.testing.assert_allclose(outputs["auxiliary"], expected, rtol=1e-5)


def test_bow_loss_changes_the_loss_and_not_the_bound():
    model = make_model(bow_loss=0.5)
    model.compile(run_eagerly=True)
    ids = ids_of(model)
    logs = model.evaluate(ids, verbose=0, return_dict=True)
    # Neither empty rows nor padding change it; the code's noise does.
    padded = tf.pad(ids, [[0, 2], [0, 3]])
    more = model.evaluate(padded, verbose=0, return_dict=True)

    assert logs["loss"] > logs["nll"] + 1
    np.testing.assert_allclose(logs["nll"], logs["reconstruction"] + logs["kl"], 1e-5)
    np.testing.assert_allclose(more["loss"], logs["loss"], rtol=0.05)
    assert set(make_model()(ids)) == {"reconstruction", "kl"}


def test_training_with_several_codes_uses_the_importance_weighted_bound():
    count = 4
    model = make_model(codes=count, dropout=0.0)
    ids = ids_of(model)
    hidden = model.encoder(ids)
    # Draw the codes that the model will draw.
    state = model.latent.seed_generator.state
    before = tf.identity(state)
    z, _ = model.latent(hidden, codes=count, training=True)
    state.assign(before)
    outputs = model(ids, training=True)

    nll = model.likelihood([tf.tile(ids, [count, 1]), z])
    z, nll = tf.reshape(z, [count, 4, 8]), tf.reshape(nll, [count, 4])
    posterior, prior = model.latent.posterior(hidden), model.latent.prior()
    log_ratio = (posterior.log_prob(z) - prior.log_prob(z)).numpy()
    bound = np.log(np.mean(np.exp(-nll - log_ratio), axis=0))
    # The KL replaces the mean of the log ratios, which is a noisy estimate of it.
    expected = -bound - np.mean(log_ratio, axis=0)
    np.testing.assert_allclose(outputs["reconstruction"], expected, rtol=1e-4)
    assert np.all(outputs["reconstruction"] < np.mean(nll, axis=0))


def test_several_codes_are_only_drawn_in_training():
    one, several = make_model(), make_model(codes=4)
    for name, value in one(ids_of(one)).items():
        np.testing.assert_array_equal(value, several(ids_of(several))[name])


def test_the_noise_on_words_is_for_the_encoder_in_training_alone():
    noisy, plain = make_model(encoder_replacements=1.0, dropout=0.0), make_model()
    ids, z = ids_of(noisy), tf.ones([4, 8])
    hidden = noisy.encoder(ids)

    np.testing.assert_array_equal(noisy.encoder(ids), hidden)
    np.testing.assert_array_equal(plain.encoder(ids), hidden)
    assert np.all(np.abs(noisy.encoder(ids, training=True) - hidden).max(-1) > 1e-3)
    np.testing.assert_allclose(
        noisy.likelihood([ids, z], training=True), noisy.likelihood([ids, z]), 1e-6
    )
    # The same file loads into a model with and without the noise.
    assert noisy.count_params() == plain.count_params()


# === Files ===


@pytest.fixture(scope="module", params=FITTED)
def fitted_and_loaded(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("fitted") / "model.keras"
    model = make_model(request.param)
    # One of them is compiled, which takes longer than all of these steps.
    options = {"run_eagerly": request.param != "vmf"}
    model.compile(optimizer=keras.optimizers.Adam(0.01), **options)
    model.fit(ids_of(model), epochs=2, verbose=0, shuffle=False)
    model.save(path)
    return model, keras.models.load_model(path)


def test_a_loaded_model_gives_the_outputs_of_the_saved_one(fitted_and_loaded):
    model, loaded = fitted_and_loaded
    ids = ids_of(model)

    outputs, loaded_outputs = model(ids), loaded(ids)
    for name, value in outputs.items():
        np.testing.assert_array_equal(loaded_outputs[name], value)
    np.testing.assert_array_equal(loaded.encode(SENTENCES), model.encode(SENTENCES))
    assert loaded.generate(2, seed=4) == model.generate(2, seed=4)


def test_a_loaded_model_continues_training_as_the_saved_one_does(fitted_and_loaded):
    model, loaded = fitted_and_loaded
    ids = ids_of(model)

    options = {"epochs": 3, "verbose": 0, "shuffle": False}
    losses = model.fit(ids, **options).history["loss"]
    assert loaded.fit(ids, **options).history["loss"] == losses


FRESH = """
import sys
import numpy as np
import tensorflow as tf
import tf_vmfvae
for name in sys.argv[2:]:
    model = tf.keras.models.load_model(f"{sys.argv[1]}/{name}.keras")
    outputs = model(np.load(f"{sys.argv[1]}/ids.npy"))
    np.savez(f"{sys.argv[1]}/{name}.npz", **outputs)
"""


@pytest.mark.slow
def test_a_new_process_gives_bit_equal_outputs_for_every_latent(tmp_path):
    expected = {}
    for name in LATENTS:
        model = make_model(name)
        model.save(tmp_path / f"{name}.keras")
        np.save(tmp_path / "ids.npy", ids_of(model))
        expected[name] = model(ids_of(model))
    command = [sys.executable, "-c", FRESH, str(tmp_path), *LATENTS]
    subprocess.run(command, check=True, capture_output=True)

    for name, outputs in expected.items():
        fresh = np.load(tmp_path / f"{name}.npz")
        for key, value in outputs.items():
            np.testing.assert_array_equal(fresh[key], value)


CONFIGURATIONS = {
    "bilstm": {
        "encoder_type": "bilstm",
        "num_layers": 2,
        "encoder_pooling": "max",
        "tie_embeddings": False,
    },
    "gru": {
        "encoder_type": "gru",
        "recurrent_dropout": 0.2,
        "condition": layers.BagOfWordsCondition,
    },
    "bow": {
        "encoder_type": "bow",
        "condition": lambda: layers.LabelCondition(num_labels=5),
        "bow_loss": 1.0,
    },
    "codes": {
        "codes": 3,
        "condition": lambda: layers.LabelCondition(num_labels=5),
        "bow_loss": 1.0,
    },
    "code_layers": {
        "code_layers": 2,
        "condition": layers.BagOfWordsCondition,
        "bow_loss": 1.0,
    },
    "inputless": {"code_layers": 1, "word_dropout": 1.0},
    "deep decoder": {
        "decoder_layers": 2,
        "code_at_every_step": False,
        "condition": layers.BagOfWordsCondition,
    },
    "noisy encoder": {"encoder_swaps": 0.2, "encoder_replacements": 0.1},
    "weight drop": {
        "weight_drop": 0.2,
        "variational_dropout": True,
        "dropout": 0.1,
        "num_layers": 2,
        "encoder_type": "bilstm",
    },
    "code in the first state": {"word_dropout": 1.0, "code_at_every_step": False},
}


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        *((name, "float32") for name in CONFIGURATIONS),
        # `tests/test_every_layer.py` tries every layer under every policy.
        pytest.param("code_layers", "mixed_bfloat16", marks=pytest.mark.slow),
    ],
)
def test_every_configuration_learns_and_loads(name, policy, tmp_path):
    options = CONFIGURATIONS[name]
    model = with_policy(policy, lambda: make_model(**options))
    labels = [0, 1, 2, 4] if model.needs_labels else None
    ids = ids_of(model, SENTENCES, labels)
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    losses = model.fit(ids, epochs=12, shuffle=False, verbose=0).history["loss"]
    path = tmp_path / "model.keras"
    model.save(path)
    loaded = with_policy(policy, lambda: keras.models.load_model(path))

    assert losses[-1] < losses[0] - 1
    config, loaded_config = model.get_config(), loaded.get_config()
    # Keras adds the input shape to the configuration of a built layer.
    del config["latent"], loaded_config["latent"]
    assert loaded_config == config
    np.testing.assert_array_equal(
        loaded(ids)["reconstruction"], model(ids)["reconstruction"]
    )
    assert loaded.reconstruct(SENTENCES, labels=labels) == model.reconstruct(
        SENTENCES, labels=labels
    )
