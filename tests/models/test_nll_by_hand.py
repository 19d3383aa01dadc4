"""The bound, computed from the saved weights with NumPy."""

import zipfile

import h5py
import keras
import numpy as np
import pytest
from scipy import special

import tf_vmfvae

# The path of each layer in a model's file.
PLACES = {
    "embedding": "layers/functional/layers/embedding",
    "encoder_rnn": "layers/functional/layers/lstm/cell",
    "mean_direction": "layers/von_mises_fisher_latent/mean_direction",
    "initial_h": "layers/functional_1/layers/dense",
    "initial_c": "layers/functional_1/layers/dense_1",
    "decoder_rnn": "layers/functional_1/layers/lstm/cell",
    "output_map": "layers/functional_1/layers/dense_2",
    "softmax": "layers/functional_1/layers/word_softmax",
}
WORDS = ["the", "profit", "of", "bank", "rose", "fell", "sharply"]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def read_weights(path):
    """Returns the weights of each layer of a .keras file, in float64."""
    with (
        zipfile.ZipFile(path) as archive,
        archive.open("model.weights.h5") as file,
        h5py.File(file) as weights,
    ):
        return {
            name: [np.asarray(array, "float64") for array in _sorted(weights[place])]
            for name, place in PLACES.items()
        }


def _sorted(group):
    return [group["vars"][index] for index in sorted(group["vars"])]


def lstm(inputs, h, c, kernel, recurrent, bias):
    """Returns the outputs and the last state for one sentence.

    Keras keeps the gates in the order i, f, g, o.
    """
    outputs = []
    for x in inputs:
        i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs), h, c


def exact_kl(d, kappa):
    """Returns KL(vMF || uniform) in nats, in closed form (Xu and Durrett 2018)."""
    order = d / 2 - 1
    log_bessel = np.log(special.ive(order, kappa)) + kappa
    ratio = special.ive(order + 1, kappa) / special.ive(order, kappa)
    return (
        kappa * ratio
        + order * np.log(kappa)
        - d / 2 * np.log(2 * np.pi)
        - log_bessel
        + d / 2 * np.log(np.pi)
        + np.log(2)
        - special.gammaln(d / 2)
    )


def nll_by_hand(weights, ids, z, inputless, code_at_every_step=True):
    (embedding,) = weights["embedding"]
    ids = ids[ids != 0]
    previous = np.concatenate([[2], ids[:-1]])
    if inputless:
        previous = np.ones_like(previous)
    inputs = embedding[previous]
    if code_at_every_step:
        inputs = np.concatenate([inputs, np.repeat(z[None], len(ids), axis=0)], axis=-1)
    h = z @ weights["initial_h"][0] + weights["initial_h"][1]
    c = z @ weights["initial_c"][0] + weights["initial_c"][1]
    outputs, _, _ = lstm(inputs, h, c, *weights["decoder_rnn"])
    kernel, bias = weights["output_map"]
    logits = (outputs @ kernel + bias) @ embedding[1:].T + weights["softmax"][0]
    log_probability = logits - special.logsumexp(logits, axis=-1, keepdims=True)
    return -log_probability[np.arange(len(ids)), ids - 1].sum()


def direction_by_hand(weights, ids):
    (embedding,) = weights["embedding"]
    zeros = np.zeros(weights["encoder_rnn"][1].shape[0])
    _, h, c = lstm(embedding[ids[ids != 0]], zeros, zeros, *weights["encoder_rnn"])
    kernel, bias = weights["mean_direction"]
    direction = np.concatenate([h, c]) @ kernel + bias
    return direction / np.linalg.norm(direction)


@pytest.mark.parametrize(
    ("word_dropout", "code_at_every_step"), [(0.0, True), (1.0, True), (0.0, False)]
)
def test_numpy_computes_the_same_bound(word_dropout, code_at_every_step, tmp_path):
    latent = tf_vmfvae.layers.VonMisesFisherLatent(6, kappa=25.0, seed=1)
    model = tf_vmfvae.models.NVRNN(
        WORDS,
        latent,
        embedding_dim=9,
        hidden_dim=13,
        word_dropout=word_dropout,
        code_at_every_step=code_at_every_step,
        seed=2,
    )
    sentences = ["the profit of the bank rose", "fell sharply", "the zzz fell"]
    ids = model.tokenizer(sentences).to_tensor()
    model.compile(optimizer=keras.optimizers.Adam(0.1), run_eagerly=True)
    model.fit(ids, epochs=5, verbose=0)
    model.save(tmp_path / "model.keras")

    weights = read_weights(tmp_path / "model.keras")
    z, kl = latent(model.encoder(ids))
    expected = (model.likelihood([ids, z]) + kl).numpy()
    computed = [
        nll_by_hand(weights, row, code, word_dropout == 1.0, code_at_every_step)
        + exact_kl(6, 25.0)
        for row, code in zip(ids.numpy(), z.numpy().astype("float64"), strict=True)
    ]
    np.testing.assert_allclose(expected, computed, rtol=1e-5)
    np.testing.assert_allclose(
        model.encode(sentences),
        [direction_by_hand(weights, row) for row in ids.numpy()],
        atol=1e-5,
    )
