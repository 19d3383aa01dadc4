"""The language model as its users use it."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae

layers = tf_vmfvae.layers

SENTENCES = [
    "the company said its profit rose",
    "the bank fell sharply",
    "shares rose",
    "the company said the shares of the bank fell",
]
WORDS = sorted({word for text in SENTENCES for word in text.split()})
LATENTS = {
    "vmf": lambda: layers.VonMisesFisherLatent(8, kappa=30.0, seed=3),
    "gaussian": lambda: layers.GaussianLatent(8, seed=3),
    "none": lambda: layers.NoLatent(seed=3),
}


def make_model(latent="vmf", **options):
    options = {"embedding_dim": 12, "hidden_dim": 16, "dropout": 0.1, **options}
    return tf_vmfvae.models.NVRNN(WORDS, LATENTS[latent](), seed=5, **options)


def ids_of(model, sentences=SENTENCES):
    return model.tokenizer(sentences).to_tensor()


@pytest.fixture(scope="module")
def overfitted():
    model = make_model(hidden_dim=64, embedding_dim=32, dropout=0.0)
    model.compile(optimizer=keras.optimizers.Adam(0.02))
    model.fit(ids_of(model), epochs=120, verbose=0)
    return model


def test_learns_a_handful_of_sentences_by_heart(overfitted):
    assert overfitted.reconstruct(SENTENCES) == SENTENCES
    bounds = tf_vmfvae.evaluation.evaluate(overfitted, [ids_of(overfitted)])
    assert bounds.reconstruction < 0.5
    assert bounds.code_gain > 2


def test_inputless_learns_them_from_the_code_alone():
    latent = layers.VonMisesFisherLatent(8, kappa=500.0, seed=3)
    model = tf_vmfvae.models.NVRNN(
        WORDS, latent, hidden_dim=64, dropout=0.0, word_dropout=1.0, seed=5
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    model.fit(ids_of(model), epochs=300, verbose=0)

    assert model.reconstruct(SENTENCES) == SENTENCES


def test_inputless_decoder_does_not_look_at_the_words():
    model = make_model(word_dropout=1.0)
    ids = ids_of(model)
    other = tf.where(ids == 0, 0, tf.reverse(ids, [1]) % 7 + 3)
    z = tf.ones([4, 8])

    np.testing.assert_allclose(
        model.decoder([ids, z])[:, :5], model.decoder([other, z])[:, :5], rtol=1e-5
    )


def test_standard_decoder_looks_at_previous_words_only():
    model = make_model()
    ids = ids_of(model)
    later = tf.concat([ids[:, :3], tf.fill([4, ids.shape[1] - 3], 4)], axis=1)
    z = tf.ones([4, 8])
    one, other = model.decoder([ids, z]).numpy(), model.decoder([later, z]).numpy()

    np.testing.assert_allclose(one[:, :4], other[:, :4], rtol=1e-5)
    assert np.abs(one[:, 4:] - other[:, 4:]).max() > 1e-4


def test_padding_changes_nothing():
    model = make_model()
    ids = ids_of(model)
    wide = tf.pad(ids, [[0, 0], [0, 9]])
    z = tf.ones([4, 8])

    np.testing.assert_allclose(model.encoder(wide), model.encoder(ids), atol=1e-6)
    np.testing.assert_allclose(
        model.likelihood([wide, z]), model.likelihood([ids, z]), rtol=1e-5
    )


def test_empty_rows_enter_no_loss_and_no_metric():
    model = make_model("none")
    model.compile()
    ids = ids_of(model)
    filled = tf.pad(ids, [[0, 3], [0, 0]])

    plain = model.evaluate(ids, verbose=0, return_dict=True)
    padded = model.evaluate(filled, verbose=0, return_dict=True, batch_size=7)
    for name in ("nll", "reconstruction", "kl", "ppl"):
        np.testing.assert_allclose(padded[name], plain[name], rtol=1e-5)


def test_metrics_are_the_bound_and_its_parts():
    model = make_model()
    model.compile()
    ids = ids_of(model)
    logs = model.evaluate(ids, verbose=0, return_dict=True)
    words = int(tf.math.count_nonzero(ids))

    np.testing.assert_allclose(logs["nll"], logs["reconstruction"] + logs["kl"], 1e-5)
    np.testing.assert_allclose(logs["loss"], logs["nll"], rtol=1e-5)
    np.testing.assert_allclose(logs["ppl"], np.exp(logs["nll"] * 4 / words), rtol=1e-4)


def test_kl_weight_scales_the_price_in_the_loss_and_not_in_the_bound():
    model = make_model("gaussian")
    model.compile()
    model.kl_weight.assign(0.25)
    logs = model.evaluate(ids_of(model), verbose=0, return_dict=True)

    expected = logs["reconstruction"] + 0.25 * logs["kl"]
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-5)
    np.testing.assert_allclose(logs["nll"], logs["reconstruction"] + logs["kl"], 1e-5)


def test_step_by_step_gives_the_logits_of_the_whole_sentence():
    model = make_model()
    ids = ids_of(model)
    z = tf.math.l2_normalize(tf.random.stateless_normal([4, 8], (1, 2)), -1)
    whole = model.decoder([ids, z])

    state, previous = model.initial_state(z), tf.fill([4], 2)
    for position in range(ids.shape[1]):
        logits, state = model.step(previous, z, state)
        np.testing.assert_allclose(logits, whole[:, position], rtol=1e-4, atol=1e-5)
        previous = ids[:, position]


def fitted_and_loaded(latent, path):
    model = make_model(latent)
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    model.fit(ids_of(model), epochs=2, verbose=0, shuffle=False)
    model.save(path)
    return model, keras.models.load_model(path)


@pytest.mark.parametrize("latent", LATENTS)
def test_a_loaded_model_is_the_saved_one(latent, tmp_path):
    model, loaded = fitted_and_loaded(latent, tmp_path / "model.keras")
    ids = ids_of(model)

    outputs, loaded_outputs = model(ids), loaded(ids)
    for name, value in outputs.items():
        np.testing.assert_array_equal(loaded_outputs[name], value)
    np.testing.assert_array_equal(loaded.encode(SENTENCES), model.encode(SENTENCES))
    assert loaded.generate(2, seed=4) == model.generate(2, seed=4)


@pytest.mark.parametrize("latent", LATENTS)
def test_fitting_goes_on_after_loading_as_if_nothing_had_happened(latent, tmp_path):
    model, loaded = fitted_and_loaded(latent, tmp_path / "model.keras")
    ids = ids_of(model)

    options = {"epochs": 3, "verbose": 0, "shuffle": False}
    goes_on = model.fit(ids, **options).history["loss"]
    assert loaded.fit(ids, **options).history["loss"] == goes_on


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


def test_a_fresh_process_gives_bit_equal_outputs_for_every_latent(tmp_path):
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


def test_the_same_seed_makes_the_same_model():
    one, other = make_model(), make_model()
    ids = ids_of(one)

    np.testing.assert_array_equal(
        one(ids)["reconstruction"], other(ids)["reconstruction"]
    )


def test_serves_as_a_layer_of_someone_elses_model():
    model = make_model()
    ids = keras.Input((None,), dtype="int32")
    outputs = model(ids)
    z, _ = model.latent(model.encoder(ids))
    whole = keras.Model(ids, [outputs["reconstruction"], keras.layers.Dense(3)(z)])
    reconstruction, scores = whole(ids_of(model))

    assert reconstruction.shape == (4,)
    assert scores.shape == (4, 3)


def test_raw_text_in_and_out(overfitted):
    codes = overfitted.encode(SENTENCES, batch_size=3)
    way = overfitted.interpolate(SENTENCES[1], SENTENCES[2], steps=5)

    assert codes.shape == (4, 8)
    np.testing.assert_allclose(np.linalg.norm(codes, axis=-1), 1, atol=1e-5)
    assert (way[0], way[-1], len(way)) == (SENTENCES[1], SENTENCES[2], 5)
    assert overfitted.generate(3, seed=1) == overfitted.generate(3, seed=1)
    assert overfitted.encode([]).shape == (0, 8)


def test_untied_output_weights_are_of_their_own():
    tied, untied = make_model(), make_model(tie_embeddings=False)

    assert untied.count_params() > tied.count_params()
    assert np.isfinite(untied(ids_of(untied))["reconstruction"]).all()
