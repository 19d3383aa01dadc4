"""The document model: its bound, its inputs and its files."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae import data, evaluation, layers

WORDS = ["ball", "goal", "rain", "snow", "wind"]
ROWS = [[(1, 2), (2, 1)], [(3, 3), (4, 1), (5, 2)], [(2, 1)], [(5, 4)]]


def make_model(latent=None, **options):
    latent = latent or layers.VonMisesFisherLatent(4, kappa=20.0, seed=1)
    return tf_vmfvae.models.NVDM(WORDS, latent, hidden_dim=8, seed=2, **options)


@pytest.fixture
def documents():
    return data.Documents.from_rows(ROWS, ["sport", "weather", "sport", "weather"])


@pytest.fixture
def pairs(documents):
    return tf.constant(next(documents.padded(4)))


def test_the_reconstruction_is_the_nll_of_all_words(pairs):
    model = make_model()
    z = tf.math.l2_normalize(tf.ones([4, 4]), axis=-1)
    log_probabilities = tf.nn.log_softmax(model.decoder(z)).numpy()
    expected = [
        -sum(count * log_probabilities[i, word - 1] for word, count in row)
        for i, row in enumerate(ROWS)
    ]

    np.testing.assert_allclose(model.likelihood([pairs, z]), expected, rtol=1e-5)


def test_with_bursts_words_are_drawn_from_an_urn(pairs):
    model = make_model(bursts=True)
    z = tf.math.l2_normalize(tf.ones([4, 4]), axis=-1)
    [urn] = [v for v in model.likelihood.weights if v.name == "log_concentration"]
    urn.assign(np.log(3.0))
    shares = 3.0 * tf.nn.softmax(model.decoder(z)).numpy()
    expected = []
    for row, balls in zip(ROWS, shares, strict=True):
        nll = 0.0
        for word, count in row:
            for _ in range(count):
                nll -= np.log(balls[word - 1] / balls.sum())
                balls[word - 1] += 1
        expected.append(nll)

    np.testing.assert_allclose(model.likelihood([pairs, z]), expected, rtol=1e-5)


def test_the_gradient_of_the_loss_is_that_of_the_formula():
    logits = tf.Variable(np.random.default_rng(0).normal(size=(3, 5)), dtype=tf.float32)
    counts = tf.constant([[1.0, 0, 2, 0, 0], [0, 0, 0, 0, 0], [0, 4, 0, 1, 1]])
    weights = tf.constant([1.0, 2.0, 0.5])
    with tf.GradientTape(persistent=True) as tape:
        ours = tf.reduce_sum(weights * layers.BagNLL()(logits, counts))
        formula = -tf.reduce_sum(weights[:, None] * counts * tf.nn.log_softmax(logits))

    np.testing.assert_allclose(ours, formula, rtol=1e-5)
    np.testing.assert_allclose(
        tape.gradient(ours, logits), tape.gradient(formula, logits), atol=1e-5
    )


def test_with_several_codes_the_loss_is_their_mean_bound(pairs):
    model = make_model(codes=3)
    state = model.latent.seed_generator.state
    start = state.numpy()
    outputs = model(pairs, training=True)
    state.assign(start)
    codes, _ = model.latent(model.encoder(pairs), codes=3, training=True)
    each = [model.likelihood([pairs, z]) for z in tf.split(codes, 3)]

    np.testing.assert_allclose(
        outputs["reconstruction"], tf.reduce_mean(each, axis=0), rtol=1e-5
    )
    np.testing.assert_allclose(outputs["kl"], model(pairs)["kl"], rtol=1e-5)
    assert not np.allclose(each[0], each[1])


@pytest.mark.slow
def test_several_codes_reduce_the_noise_in_the_gradient(pairs):
    def variance(codes):
        model = make_model(codes=codes)
        kernel = model.decoder_mlp[0].kernel.value
        gradients = []
        for _ in range(40):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(model(pairs, training=True)["reconstruction"])
            gradients.append(tape.gradient(loss, kernel))
        return np.var(gradients, axis=0).mean()

    assert variance(4) < variance(1) / 4


def test_outside_training_there_is_one_code(pairs):
    for name, values in make_model()(pairs).items():
        np.testing.assert_array_equal(make_model(codes=4)(pairs)[name], values)


def test_weights_do_not_depend_on_the_number_of_codes(pairs, tmp_path):
    several, one = make_model(codes=4), make_model()
    several.logits.bias.assign(np.arange(5.0))
    several.save_weights(tmp_path / "model.weights.h5")
    one.load_weights(tmp_path / "model.weights.h5")

    np.testing.assert_array_equal(
        one(pairs)["reconstruction"], several(pairs)["reconstruction"]
    )


def test_an_adapted_decoder_starts_at_the_word_frequencies(documents):
    model = make_model()
    model.adapt(documents)
    model.logits.kernel.assign(np.zeros_like(model.logits.kernel))
    shares = tf.nn.softmax(model.decoder(np.ones((1, 4), "float32")))[0]

    # The counts are 2, 2, 3, 1 and 6, and every word counts once more.
    np.testing.assert_allclose(shares, np.array([3, 3, 4, 2, 7]) / 19, rtol=1e-5)


def test_padding_and_the_order_of_words_change_nothing(pairs):
    model = make_model()
    reversed_pairs = np.pad(pairs.numpy()[:, ::-1], [(0, 0), (2, 3), (0, 0)])

    np.testing.assert_allclose(
        model.encoder(reversed_pairs), model.encoder(pairs), atol=1e-6
    )
    assert model.count_words(reversed_pairs).numpy().tolist() == [3, 6, 1, 4]


def test_rows_of_zeros_are_not_examples(pairs):
    model = make_model(layers.NoLatent())
    filled = np.concatenate([pairs, np.zeros((3, *pairs.shape[1:]), "int32")])

    assert evaluation.evaluate(model, [filled]).as_dict() == pytest.approx(
        evaluation.evaluate(model, [pairs]).as_dict(), rel=1e-5, abs=1e-6
    )


def test_the_perplexities_are_over_all_words_and_by_document(pairs):
    model = make_model(layers.NoLatent())
    bounds = evaluation.evaluate(model, [pairs])
    nll = model(pairs)["reconstruction"].numpy()
    words = np.array([3, 6, 1, 4])

    assert bounds.ppl == pytest.approx(np.exp(nll.sum() / words.sum()), rel=1e-5)
    assert bounds.ppl_by_example == pytest.approx(np.exp(np.mean(nll / words)), 1e-5)


@pytest.mark.parametrize(
    ("transform", "expected"),
    [("counts", [2, 1, 0]), ("log", [np.log(3), np.log(2), 0]), ("binary", [1, 1, 0])],
)
def test_the_encoder_reads_the_transformed_counts(pairs, transform, expected):
    model = make_model(input_transform=transform)
    first = model.encoder_mlp[0]
    kernel = np.zeros((5, 8), "float32")
    kernel[:3, :3] = np.eye(3)
    first.set_weights([kernel, np.zeros(8)])
    read = keras.Model(model.encoder.input, first.output)

    np.testing.assert_allclose(read(pairs)[0, :3], expected, rtol=1e-6)


def test_the_last_hidden_feature_is_the_log_of_the_length(pairs):
    lengths = make_model().encoder(pairs)[:, -1]

    np.testing.assert_allclose(lengths, np.log([0.03, 0.06, 0.01, 0.04]), rtol=1e-5)


@pytest.mark.parametrize(
    "options", [{"decoder_layers": 0}, {"bursts": True}, {"codes": 3}]
)
def test_keras_fit_trains_a_model(documents, options):
    model = make_model(**options, input_transform="log")
    batches = data.DocumentBatches(documents, batch_size=2)
    model.compile(optimizer=keras.optimizers.Adam(0.02))
    losses = model.fit(
        batches.dataset().repeat(), steps_per_epoch=20, epochs=4, verbose=0
    ).history["nll"]

    assert losses[-1] < losses[0] - 1


def test_a_loaded_model_gives_the_outputs_of_the_saved_one(pairs, tmp_path):
    latent = layers.NaturalSphereProductLatent(6, 2, kappa=9.0, seed=3)
    model = make_model(
        latent,
        input_dropout=0.3,
        dropout=0.1,
        scale_code=False,
        bursts=True,
        codes=2,
    )
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")

    config, loaded_config = model.get_config(), loaded.get_config()
    assert config.pop("latent")["config"] == loaded_config.pop("latent")["config"]
    assert loaded_config == config
    np.testing.assert_allclose(
        loaded.transform(["goal goal ball"]), model.transform(["goal goal ball"])
    )
    for name, values in model(pairs).items():
        np.testing.assert_allclose(loaded(pairs)[name], values, rtol=1e-5)


def test_raw_texts_and_their_bags_have_the_same_codes(documents):
    model = make_model()
    texts = ["Ball, ball: GOAL!", "rain rain rain snow wind wind"]

    np.testing.assert_allclose(
        model.transform(texts), model.encode(documents[:2]), atol=1e-6
    )
    np.testing.assert_allclose(
        model.encode(documents, batch_size=3), model.encode(documents), atol=1e-6
    )


def test_a_document_of_unknown_words_is_named():
    with pytest.raises(ValueError, match=r"document 2 of 3 \('xyzzy plugh'\)"):
        make_model().transform(["goal", "xyzzy  plugh", "rain"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"input_transform": "tf"}, "input_transform is 'tf'"),
        ({"encoder_layers": 0}, "encoder_layers is 0"),
        ({"codes": 0}, "codes is 0"),
        ({"codes": 1.5}, "codes is 1.5: give a whole number"),
        ({"decoder_layers": -1}, "decoder_layers is -1: give at least 0"),
        ({"hidden_dim": 0}, "hidden_dim is 0: give at least 1"),
        ({"input_dropout": 1.0}, "input_dropout is 1.0: give 0 or more, and below 1"),
        ({"dropout": float("nan")}, "dropout is nan: give 0 or more"),
        ({"seed": "a"}, "seed is 'a': give a whole number"),
        ({"latent": "vmf"}, "latent is 'vmf': give a layer"),
    ],
)
def test_arguments_out_of_range_are_named(options, message):
    latent = layers.VonMisesFisherLatent(4, kappa=20.0)
    with pytest.raises(ValueError, match=message):
        tf_vmfvae.models.NVDM(**{"vocabulary": WORDS, "latent": latent, **options})


def test_a_word_that_is_listed_twice_is_refused():
    with pytest.raises(ValueError, match="'ball' occurs twice"):
        tf_vmfvae.models.NVDM(["ball", "ball"], layers.NoLatent())
