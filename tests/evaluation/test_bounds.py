"""The bounds that a run reports."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import special

import tf_vmfvae
from tf_vmfvae import evaluation, layers

SENTENCES = ["profit rose", "shares fell sharply", "the bank fell", "profit"]
WORDS = sorted({word for text in SENTENCES for word in text.split()})


def make_model(latent):
    return tf_vmfvae.models.NVRNN(WORDS, latent, embedding_dim=8, hidden_dim=8, seed=2)


@pytest.fixture
def model():
    return make_model(layers.VonMisesFisherLatent(6, kappa=20.0, seed=1))


def evaluate_and_recall(model, inputs):
    """Returns the bounds on one batch, and the codes that they were computed from."""
    noise = model.latent.seed_generator.state
    start = noise.numpy()
    bounds = evaluation.evaluate(model, [inputs])
    noise.assign(start)
    z, _ = model.latent(model.encoder(inputs))
    return bounds, z


def test_the_bound_is_the_sum_of_its_parts_and_tokens_include_eos(model):
    bounds = evaluation.evaluate(model, [model.tokenizer(SENTENCES).to_tensor()])

    assert bounds.examples == 4
    assert bounds.tokens == sum(len(text.split()) + 1 for text in SENTENCES)
    assert bounds.nll == pytest.approx(bounds.reconstruction + bounds.kl)
    assert bounds.ppl == pytest.approx(np.exp(bounds.nll * 4 / bounds.tokens))
    assert bounds.kl == pytest.approx(
        float(tf_vmfvae.distributions.kl_to_uniform(6, 20.0)), rel=1e-6
    )


def test_every_figure_agrees_with_numpy():
    """A document model on the sphere in three dimensions, where the KL is elementary.

    Its decoder is one scale for each coordinate of the code, and one matrix.
    """
    kappa, counts = 9.0, np.array([[3, 1, 0, 2], [0, 5, 1, 0], [1, 0, 0, 1]])
    latent = layers.VonMisesFisherLatent(3, kappa, seed=1)
    model = tf_vmfvae.models.NVDM(
        ["ball", "goal", "rain", "snow"], latent, hidden_dim=8, decoder_layers=0, seed=1
    )
    rng = np.random.default_rng(3)
    for variable in model.trainable_variables:
        variable.assign(rng.normal(size=variable.shape))
    rows = [[(i + 1, n) for i, n in enumerate(row) if n] for row in counts]
    (pairs,) = tf_vmfvae.data.Documents.from_rows(rows).padded(3)
    bounds, z = evaluate_and_recall(model, tf.constant(pairs))

    scale, kernel, bias = (
        np.asarray(weight, "float64")
        for layer in (model.code_scale, model.logits)
        for weight in layer.trainable_weights
    )
    scaled = z.numpy().astype("float64") * model.code_scale.start * np.exp(scale)
    log_p = special.log_softmax(scaled @ kernel + bias, axis=1)
    # Entry i, j: document i, decoded from the code of document j.
    nll = -counts @ log_p.T
    own, following = np.diag(nll), nll[range(3), [1, 2, 0]]
    kl = np.log(kappa / np.sinh(kappa)) + kappa / np.tanh(kappa) - 1
    words = counts.sum(axis=1)
    location = latent.location(model.encoder(pairs)).numpy().astype("float64")
    cosines = (location @ location.T)[~np.eye(3, dtype=bool)]

    assert bounds.as_dict() == pytest.approx(
        {
            "nll": own.mean() + kl,
            "reconstruction": own.mean(),
            "kl": kl,
            "code_gain": (following - own).mean(),
            "ppl": np.exp((own + kl).sum() / words.sum()),
            "ppl_by_example": np.exp(((own + kl) / words).mean()),
            "mean_cosine": cosines.mean(),
            "examples": 3,
            "tokens": words.sum(),
        },
        rel=1e-5,
    )


def test_other_batches_give_the_same_bounds():
    model = make_model(layers.NoLatent())
    ids = model.tokenizer(SENTENCES).to_tensor()
    empty = tf.zeros([2, ids.shape[1]], tf.int32)
    whole = evaluation.evaluate(model, [ids])
    parts = evaluation.evaluate(model, [ids[:3], tf.concat([ids[3:], empty], 0)])

    assert parts.as_dict() == pytest.approx(whole.as_dict(), rel=1e-5, abs=1e-6)


def test_code_gain_is_what_the_decoder_loses_with_another_examples_code(model):
    ids = model.tokenizer(SENTENCES).to_tensor()
    # Train until the decoder relies on the code: the first words differ.
    model.compile(optimizer="adam")
    model.optimizer.learning_rate = 0.02
    steps = tf.data.Dataset.from_tensors(ids).repeat(80)
    model.fit(steps, shuffle=False, verbose=0)
    bounds, z = evaluate_and_recall(model, ids)
    own = tf.reduce_mean(model.likelihood([ids, z]))
    other = tf.reduce_mean(model.likelihood([ids, tf.roll(z, -1, axis=0)]))

    assert bounds.code_gain > 1
    assert bounds.code_gain == pytest.approx(float(other - own), rel=1e-5)


def test_an_example_alone_in_its_batch_does_not_count_in_the_code_gain(model):
    ids = model.tokenizer(SENTENCES).to_tensor()
    noise = model.latent.seed_generator.state
    start = noise.numpy()
    expected = evaluation.evaluate(model, [ids[:3]]).code_gain
    noise.assign(start)
    assert evaluation.evaluate(model, [ids[:3], ids[3:]]).code_gain == expected
    assert evaluation.evaluate(model, [ids[3:]]).code_gain == 0


def test_a_decoder_without_a_code_has_no_code_gain():
    model = make_model(layers.NoLatent())
    bounds = evaluation.evaluate(model, [model.tokenizer(SENTENCES).to_tensor()])

    assert (bounds.kl, bounds.code_gain, bounds.mean_cosine) == (0, 0, 0)


def test_mean_cosine_is_over_pairs_of_different_examples(model):
    codes = model.encode(SENTENCES)
    cosines = codes @ codes.T
    expected = cosines[~np.eye(4, dtype=bool)].mean()
    ids = model.tokenizer(SENTENCES).to_tensor()
    bounds = evaluation.evaluate(model, [ids[:2], ids[2:]])

    assert bounds.mean_cosine == pytest.approx(expected, abs=1e-5)


def test_a_data_set_without_examples_is_refused(model):
    with pytest.raises(ValueError, match="batches holds no example"):
        evaluation.evaluate(model, [])
    with pytest.raises(ValueError, match="batches holds no example"):
        evaluation.evaluate(model, [tf.zeros([2, 3], tf.int32)])
