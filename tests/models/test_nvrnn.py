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
    "vmf_learned": lambda: layers.LearnedVonMisesFisherLatent(8, kappa=30.0, seed=3),
    "power_spherical": lambda: layers.PowerSphericalLatent(8, kappa=30.0, seed=3),
    "vmf_norm": lambda: layers.VonMisesFisherNormLatent(8, kappa=30.0, seed=3),
    "gaussian": lambda: layers.GaussianLatent(8, seed=3),
    "none": lambda: layers.NoLatent(seed=3),
}
# Those of different make; fitting takes seconds.
FITTED = ("vmf", "gaussian", "none")


def make_model(latent="vmf", **options):
    options = {"embedding_dim": 12, "hidden_dim": 16, "dropout": 0.1, **options}
    return tf_vmfvae.models.NVRNN(WORDS, LATENTS[latent](), seed=5, **options)


def ids_of(model, sentences=SENTENCES):
    return model.tokenizer(sentences).to_tensor()


@pytest.fixture(scope="module")
def overfitted():
    model = make_model(hidden_dim=64, embedding_dim=32, dropout=0.0)
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    # Unshuffled, so that each run learns the same.
    model.fit(ids_of(model), epochs=200, shuffle=False, verbose=0)
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
    model.fit(ids_of(model), epochs=300, shuffle=False, verbose=0)

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


def test_free_bits_change_the_loss_and_not_the_bound():
    latent = layers.GaussianLatent(8, free_bits=3.0, seed=3)
    model = tf_vmfvae.models.NVRNN(WORDS, latent, embedding_dim=4, hidden_dim=4)
    model.compile()
    logs = model.evaluate(ids_of(model), verbose=0, return_dict=True)

    assert logs["kl"] < 1
    np.testing.assert_allclose(logs["loss"], logs["reconstruction"] + 3.0, rtol=1e-5)
    np.testing.assert_allclose(logs["nll"], logs["reconstruction"] + logs["kl"], 1e-5)


@pytest.mark.parametrize("options", [{}, {"tie_embeddings": False}], ids=str)
def test_bow_loss_is_the_words_under_a_softmax_that_reads_the_code_alone(options):
    model = make_model(bow_loss=2.0, dropout=0.0, **options)
    ids = ids_of(model)
    # Large enough to tell words apart.
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
    model.compile()
    ids = ids_of(model)
    logs = model.evaluate(ids, verbose=0, return_dict=True)
    # It does not go by the batch's other rows, nor by padding.
    padded = tf.pad(ids, [[0, 2], [0, 3]])
    more = model.evaluate(padded, verbose=0, return_dict=True)

    assert logs["loss"] > logs["nll"] + 1
    np.testing.assert_allclose(logs["nll"], logs["reconstruction"] + logs["kl"], 1e-5)
    np.testing.assert_allclose(more["loss"], logs["loss"], rtol=0.05)
    without = make_model()(ids)
    assert set(without) == {"reconstruction", "kl"}


def test_of_several_codes_training_has_the_importance_weighted_bound():
    count = 4
    model = make_model(samples=count, dropout=0.0)
    ids = ids_of(model)
    hidden = model.encoder(ids)
    # The very codes that the loss is about to draw.
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
    # The KL stands for the mean of the log-ratios, which is noise about it.
    expected = -bound - np.mean(log_ratio, axis=0)
    np.testing.assert_allclose(outputs["reconstruction"], expected, rtol=1e-4)
    assert np.all(outputs["reconstruction"] < np.mean(nll, axis=0))


def test_several_codes_are_for_training_alone():
    one, several = make_model(), make_model(samples=4)
    for name, value in one(ids_of(one)).items():
        np.testing.assert_array_equal(value, several(ids_of(several))[name])


@pytest.mark.parametrize("code_layers", [0, 2])
def test_step_by_step_gives_the_logits_of_the_whole_sentence(code_layers):
    model = make_model(code_layers=code_layers)
    ids = ids_of(model)
    z = tf.math.l2_normalize(tf.random.stateless_normal([4, 8], (1, 2)), -1)
    whole = model.decoder([ids, z])

    state, previous = model.initial_state(z), tf.fill([4], 2)
    for position in range(ids.shape[1]):
        logits, state = model.step(previous, model.context(z), state)
        np.testing.assert_allclose(logits, whole[:, position], rtol=1e-4, atol=1e-5)
        previous = ids[:, position]


def test_code_layers_read_the_code_at_the_scale_of_their_weights():
    # With a perceptron in between, the decoder sees of the code what that makes of it.
    model = make_model(code_layers=1, word_dropout=1.0)
    z = model.latent.prior().sample(500, seed=(1, 2))
    scaled = model.code_readers[0](z)
    np.testing.assert_allclose(np.mean(np.square(scaled)), 1.0, rtol=0.05)
    model.code_readers[-1].kernel.assign(0.0 * model.code_readers[-1].kernel)
    ids = ids_of(model)
    nll = model.likelihood([ids, z[:4]])
    np.testing.assert_allclose(nll, model.likelihood([ids, z[4:8]]), rtol=1e-6)


def test_a_plain_model_has_no_code_to_read_through_layers():
    assert make_model("none", code_layers=2).code_readers == []


def fitted_and_loaded(latent, path):
    model = make_model(latent)
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    model.fit(ids_of(model), epochs=2, verbose=0, shuffle=False)
    model.save(path)
    return model, keras.models.load_model(path)


@pytest.mark.parametrize("latent", FITTED)
def test_a_loaded_model_is_the_saved_one(latent, tmp_path):
    model, loaded = fitted_and_loaded(latent, tmp_path / "model.keras")
    ids = ids_of(model)

    outputs, loaded_outputs = model(ids), loaded(ids)
    for name, value in outputs.items():
        np.testing.assert_array_equal(loaded_outputs[name], value)
    np.testing.assert_array_equal(loaded.encode(SENTENCES), model.encode(SENTENCES))
    assert loaded.generate(2, seed=4) == model.generate(2, seed=4)


@pytest.mark.parametrize("latent", FITTED)
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


@pytest.mark.parametrize("latent", ["vmf", "none"])
def test_compiled_it_gives_what_it_gives_step_by_step(latent):
    model = make_model(latent)
    ids = ids_of(model)
    z = model.latent(model.encoder(ids))[0]
    compiled = tf.function(lambda ids, z: model.likelihood([ids, z]))

    np.testing.assert_allclose(compiled(ids, z), model.likelihood([ids, z]), rtol=1e-5)


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


@pytest.mark.parametrize("encoder", ["lstm", "bilstm", "gru", "bow"])
@pytest.mark.parametrize("pooling", ["last", "max", "mean"])
def test_every_encoder_passes_over_padding(encoder, pooling):
    model = make_model(encoder=encoder, encoder_pooling=pooling, num_layers=2)
    ids = ids_of(model)
    wide = tf.pad(ids, [[0, 1], [0, 9]])
    hidden = model.encoder(ids)

    np.testing.assert_allclose(model.encoder(wide)[:4], hidden, atol=1e-6)
    assert np.all(np.isfinite(model.encoder(wide)))
    assert np.all(np.abs(hidden[0] - hidden[1:]).max(axis=1) > 1e-4)


def test_only_a_bag_of_words_encoder_does_not_mind_the_order():
    for encoder in ("lstm", "bilstm", "gru", "bow"):
        model = make_model(encoder=encoder)
        one, other = model.encode(["the company rose", "rose the company"])
        assert (np.abs(one - other).max() < 1e-5) == (encoder == "bow")


def test_a_bidirectional_encoder_is_two_different_ones():
    model = make_model(encoder="bilstm")
    both = model.sentence_encoder.layers[0]
    forward, backward = both.forward_layer, both.backward_layer

    assert model.encoder(ids_of(model)).shape == (4, 64)
    assert np.abs(forward.cell.kernel - backward.cell.kernel).max() > 0.01


def test_pooling_is_over_the_outputs_at_the_words():
    last, mean, most = (
        make_model(encoder="gru", encoder_pooling=pooling)
        for pooling in ("last", "mean", "max")
    )
    ids = ids_of(last, ["shares rose", "shares"])
    prefixes = [
        [row[:stop] for stop in range(1, len(row) + 1)]
        for row in last.tokenizer(["shares rose", "shares"]).to_list()
    ]
    outputs = [
        np.concatenate([last.encoder(tf.constant([prefix])) for prefix in row])
        for row in prefixes
    ]

    expected = [row.mean(axis=0) for row in outputs]
    np.testing.assert_allclose(mean.encoder(ids), expected, atol=1e-6)
    expected = [row.max(axis=0) for row in outputs]
    np.testing.assert_allclose(most.encoder(ids), expected, atol=1e-6)


def test_dropout_between_layers_and_on_the_state_is_for_training():
    model = make_model(num_layers=2, recurrent_dropout=0.5, dropout=0.0)
    ids = ids_of(model)
    z = tf.ones([4, 8])
    calm = model.likelihood([ids, z])

    np.testing.assert_array_equal(model.likelihood([ids, z]), calm)
    noisy = model.likelihood([ids, z], training=True)
    assert np.all(np.abs(noisy - calm) > 1e-5)


def test_a_label_is_read_by_encoder_and_decoder_and_is_no_word():
    model = make_model(condition="label", num_labels=3)
    ids = model.to_ids(SENTENCES, [0, 1, 2, 2]).to_tensor()
    other = model.to_ids(SENTENCES, [1, 2, 0, 0]).to_tensor()
    z = tf.ones([4, 8])

    np.testing.assert_array_equal(ids[:, 0], [1, 2, 3, 3])
    words = [len(text.split()) + 1 for text in SENTENCES]
    np.testing.assert_array_equal(model.count_words(ids), words)
    assert np.abs(model.encoder(ids) - model.encoder(other)).max() > 1e-4
    assert np.abs(model.likelihood([ids, z]) - model.likelihood([other, z])).max() > 0
    assert model.decoder([ids, z]).shape[1] == ids.shape[1] - 1


def in_precision(precision, make):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        return make()
    finally:
        keras.config.set_dtype_policy(before)


def in_mixed_bfloat16(make):
    return in_precision("mixed_bfloat16", make)


CONFIGURATIONS = {
    "bilstm": {"encoder": "bilstm", "num_layers": 2, "encoder_pooling": "max"},
    "gru": {"encoder": "gru", "recurrent_dropout": 0.2, "condition": "bow"},
    "bow": {"encoder": "bow", "condition": "label", "num_labels": 5, "bow_loss": 1.0},
    "untied": {"tie_embeddings": False, "num_layers": 3, "condition_dim": None},
    "samples": {"samples": 3, "condition": "label", "num_labels": 5, "bow_loss": 1.0},
    "code_layers": {"code_layers": 2, "condition": "bow", "bow_loss": 1.0},
    "inputless": {"code_layers": 1, "word_dropout": 1.0},
}


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_configuration_learns_and_comes_back_from_its_file(
    name, precision, tmp_path
):
    options = CONFIGURATIONS[name]
    model = in_precision(precision, lambda: make_model(**options))
    labels = [0, 1, 2, 4] if model.num_labels else None
    ids = model.to_ids(SENTENCES, labels).to_tensor()
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    losses = model.fit(ids, epochs=12, shuffle=False, verbose=0).history["loss"]
    path = tmp_path / "model.keras"
    model.save(path)
    loaded = in_precision(precision, lambda: keras.models.load_model(path))

    assert losses[-1] < losses[0] - 1
    arguments, loaded_arguments = model.get_config(), loaded.get_config()
    # Keras notes more of a layer that it has built.
    del arguments["latent"], loaded_arguments["latent"]
    assert loaded_arguments == arguments
    np.testing.assert_array_equal(
        loaded(ids)["reconstruction"], model(ids)["reconstruction"]
    )
    assert loaded.reconstruct(SENTENCES, labels=labels) == model.reconstruct(
        SENTENCES, labels=labels
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoder": "cnn"}, "encoder is 'cnn': choose one of lstm, bilstm, gru, bow"),
        ({"encoder_pooling": "min"}, "choose one of last, max, mean"),
        ({"num_layers": 0}, "num_layers is 0: give at least 1"),
        ({"samples": 0}, "samples is 0: give at least 1"),
        ({"code_layers": -1}, "code_layers is -1: give 0 or more"),
        ({"condition": "topic"}, "choose one of none, bow, label"),
        ({"condition": "label"}, "give num_labels"),
        ({"bow_loss": -1.0}, "bow_loss is -1.0: give 0 or a positive number"),
    ],
)
def test_arguments_out_of_range_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        make_model(**options)


def test_a_configuration_from_before_an_argument_was_added_still_loads():
    config = make_model().get_config()
    added = ("encoder", "encoder_pooling", "num_layers", "condition")
    for name in (*added, "code_layers", "samples"):
        del config[name]
    model = tf_vmfvae.models.NVRNN.from_config(config)

    assert model.get_config()["encoder"] == "lstm"


def test_untied_output_weights_are_of_their_own():
    tied, untied = make_model(), make_model(tie_embeddings=False)

    assert untied.count_params() > tied.count_params()
    assert np.isfinite(untied(ids_of(untied))["reconstruction"]).all()


def test_mixed_bfloat16_learns_as_float32_does():
    losses = []

    def make():
        return make_model("vmf", dropout=0.0, bow_loss=1.0)

    for model in (make(), in_mixed_bfloat16(make)):
        model.compile(keras.optimizers.Adam(0.01))
        ids = ids_of(model)
        history = model.fit(ids, epochs=10, shuffle=False, verbose=0).history
        losses.append(np.array(history["nll"]))
        assert {v.dtype for v in model.trainable_variables} == {"float32"}
        assert model(ids)["reconstruction"].dtype == tf.float32

    np.testing.assert_allclose(*losses, rtol=0.03)
    assert losses[1][-1] < losses[1][0] - 1


@pytest.mark.parametrize("latent", ["vmf", "none"])
def test_mixed_bfloat16_writes_sentences(latent):
    model = in_mixed_bfloat16(lambda: make_model(latent))
    assert len(model.generate(3, seed=1)) == 3


@pytest.mark.parametrize("tied", [True, False])
def test_mixed_bfloat16_sums_over_all_uses_of_a_word(tied):
    # A thousand: one after the other, in bfloat16, they would add up to 256 at most.
    texts = [" ".join(["shares"] * 50)] * 20
    gradients = []

    def make():
        return make_model("none", dropout=0.0, tie_embeddings=tied)

    for model in (make(), in_mixed_bfloat16(make)):
        ids = ids_of(model, texts)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(ids, training=True)["reconstruction"])
        embeddings = model.embedding.embeddings
        gradients.append(tf.convert_to_tensor(tape.gradient(loss, embeddings.value)))

    error = np.linalg.norm(gradients[0] - gradients[1])
    assert error < 0.02 * np.linalg.norm(gradients[0])
