"""A step of training: the same with and without XLA, clipped, and safe."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models
from trainers.strategies import make_strategy, share_out
from trainers.training_step import TrainingStep

WORDS = ["the", "a", "cat", "dog", "sees", "hears", "it", "them"]
SENTENCES = ["the cat sees a dog", "it hears them", "a dog hears it", "the dog"]


def _make(jit="auto", clip_norm=5.0, learning_rate=0.01, strategy="one_device"):
    strategy = make_strategy(strategy)
    with strategy.scope():
        latent = layers.VonMisesFisherLatent(3, kappa=10.0, seed=1)
        model = models.NVRNN(
            WORDS, latent, embedding_dim=8, hidden_dim=8, dropout=0.0, seed=1
        )
        optimizer = keras.optimizers.Adam(learning_rate)
        optimizer.build(model.trainable_variables)
    step = TrainingStep(model, optimizer, strategy, clip_norm, jit)
    return step, model.tokenizer(SENTENCES).to_tensor()


def _weights(step):
    return [weight.numpy() for weight in step.model.trainable_variables]


@pytest.mark.parametrize("jit", ["auto", pytest.param("on", marks=pytest.mark.slow)])
def test_xla_changes_nothing_but_the_speed(jit):
    outcomes = []
    for kind in ("off", jit):
        step, ids = _make(kind)
        losses = [float(step(ids)["reconstruction"]) for _ in range(3)]
        outcomes.append((losses, _weights(step)))

    np.testing.assert_allclose(*[losses for losses, _ in outcomes], rtol=1e-5)
    for one, other in zip(*[weights for _, weights in outcomes], strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5)


def test_equals_the_step_of_keras():
    step, ids = _make(clip_norm=1e9)
    other = _make()[0]
    model = other.model
    model.compile(other.optimizer)
    for _ in range(3):
        ours, theirs = step(ids), model.train_on_batch(ids, return_dict=True)
    nll = (ours["reconstruction"] + ours["kl"]) / ours["examples"]

    np.testing.assert_allclose(nll, theirs["nll"], rtol=1e-5)
    for one, other in zip(_weights(step), model.trainable_variables, strict=True):
        np.testing.assert_allclose(one, other.numpy(), atol=2e-5)


def test_gradients_are_clipped_to_the_norm():
    step, ids = _make(clip_norm=1e-3)
    step.optimizer = keras.optimizers.SGD(1.0)
    step.optimizer.build(step.model.trainable_variables)
    before = _weights(step)
    norm = float(step(ids)["norm"])
    moved = [a - b for a, b in zip(_weights(step), before, strict=True)]

    assert norm > 1e-3
    moved_by = np.sqrt(sum(np.sum(change**2) for change in moved))
    np.testing.assert_allclose(moved_by, 1e-3, rtol=1e-3)


def _state(step):
    """Weights, slots and iterations."""
    variables = [*step.model.trainable_variables, *step.optimizer.variables]
    return [tf.convert_to_tensor(variable).numpy() for variable in variables]


def _step(step, ids):
    """Takes a step; returns what it says, by name."""
    batch = tf.data.Dataset.from_tensors(ids)
    [inputs] = share_out(step.strategy, batch)
    return {name: float(value) for name, value in step(inputs).items()}


@pytest.mark.parametrize(
    ("strategy", "jit"),
    [
        ("one_device", "auto"),
        ("one_device", "off"),
        pytest.param("one_device", "on", marks=pytest.mark.slow),
        ("mirrored", "auto"),
    ],
)
def test_a_loss_that_is_not_finite_moves_nothing(strategy, jit):
    step, ids = _make(jit, strategy=strategy)
    # By then the optimizer has a momentum, which moves weights without a gradient.
    for _ in range(3):
        _step(step, ids)
    bias = step.model.softmax.bias
    whole = tf.convert_to_tensor(bias).numpy()
    bias.assign(np.full_like(whole, np.nan))
    before = _state(step)
    said = _step(step, ids)

    assert not np.isfinite(said["norm"])
    assert int(tf.convert_to_tensor(step.optimizer.iterations)) == 3
    np.testing.assert_equal(_state(step), before)
    # It was the sentence or the weight, and not the step, that was spoilt.
    bias.assign(whole)
    assert np.isfinite(_step(step, ids)["norm"])
    assert int(tf.convert_to_tensor(step.optimizer.iterations)) == 4


def test_a_bound_that_alone_is_not_finite_moves_nothing(monkeypatch):
    step, ids = _make()
    totals = step.model.totals

    def spoilt(*arguments):
        return {**totals(*arguments), "nll_per_word": tf.constant(np.inf)}

    monkeypatch.setattr(step.model, "totals", spoilt)
    before = _state(step)
    said = _step(step, ids)

    assert np.isfinite(said["norm"])
    assert np.isinf(said["nll_per_word"])
    np.testing.assert_equal(_state(step), before)
