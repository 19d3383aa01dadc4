"""A training step is clipped, never nonfinite, and the same with and without XLA."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models
from trainers.devices.strategies import distribute, make_strategy
from trainers.training.step import TrainingStep

WORDS = ["the", "a", "cat", "dog", "sees", "hears", "it", "them"]
SENTENCES = ["the cat sees a dog", "it hears them", "a dog hears it", "the dog"]


def _make(
    jit="auto",
    clip_norm=5.0,
    learning_rate=0.01,
    strategy="one_device",
    accumulate_steps=1,
):
    strategy = make_strategy(strategy)
    with strategy.scope():
        latent = layers.VonMisesFisherLatent(10, kappa=10.0, seed=1)
        model = models.NVRNN(
            WORDS, latent, embedding_dim=8, hidden_dim=8, dropout=0.0, seed=1
        )
        optimizer = keras.optimizers.Adam(learning_rate)
        optimizer.build(model.trainable_variables)
    step = TrainingStep(model, optimizer, strategy, clip_norm, jit, accumulate_steps)
    return step, model.tokenizer(SENTENCES).to_tensor()


def _weights(step):
    variables = step.model.trainable_variables
    return [tf.convert_to_tensor(variable).numpy() for variable in variables]


@functools.cache
def _three_steps(jit):
    """Returns the losses of three steps and the weights after them."""
    step, ids = _make(jit)
    losses = [float(step(ids)["reconstruction"]) for _ in range(3)]
    return losses, _weights(step)


@pytest.mark.parametrize("jit", ["auto", pytest.param("on", marks=pytest.mark.slow)])
def test_xla_changes_nothing_but_the_speed(jit):
    (losses, weights), (other_losses, others) = _three_steps("off"), _three_steps(jit)
    np.testing.assert_allclose(other_losses, losses, rtol=1e-5)
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5)


@pytest.mark.parametrize(
    ("strategy", "steps"), [("one_device", 2), ("one_device", 3), ("mirrored", 2)]
)
def test_a_batch_read_in_parts_gives_the_same_step(strategy, steps):
    losses, weights = _three_steps("auto")
    step, ids = _make(strategy=strategy, accumulate_steps=steps)
    results = [_step(step, ids) for _ in range(3)]

    np.testing.assert_allclose(
        [result["reconstruction"] for result in results], losses, rtol=1e-5
    )
    assert [result["examples"] for result in results] == [len(SENTENCES)] * 3
    for one, other in zip(weights, _weights(step), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5)


def test_a_step_equals_that_of_keras():
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


def _state_variables(step):
    return [*step.model.trainable_variables, *step.optimizer.variables]


def _state(step):
    """Returns the weights and the optimiser's variables."""
    variables = _state_variables(step)
    return [tf.convert_to_tensor(variable).numpy() for variable in variables]


def _step(step, ids):
    """Takes a step; returns its totals and norm, by name."""
    batch = tf.data.Dataset.from_tensors(ids)
    [inputs] = distribute(step.strategy, batch)
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
def test_a_nonfinite_loss_changes_nothing(strategy, jit):
    step, ids = _make(jit, strategy=strategy)
    # After three steps, the optimiser has momentum and moves even without a gradient.
    for _ in range(3):
        _step(step, ids)
    bias = step.model.softmax.bias
    finite = tf.convert_to_tensor(bias).numpy()
    bias.assign(np.full_like(finite, np.nan))
    before = _state(step)
    results = _step(step, ids)

    assert not np.isfinite(results["norm"])
    assert int(tf.convert_to_tensor(step.optimizer.iterations)) == 3
    np.testing.assert_equal(_state(step), before)
    # Once the weight is finite again, so is the step.
    bias.assign(finite)
    assert np.isfinite(_step(step, ids)["norm"])
    assert int(tf.convert_to_tensor(step.optimizer.iterations)) == 4


def test_a_nonfinite_bound_with_a_finite_gradient_changes_nothing(monkeypatch):
    step, ids = _make()
    totals = step.model.totals

    def infinite(*arguments):
        return {**totals(*arguments), "nll_per_word": tf.constant(np.inf)}

    monkeypatch.setattr(step.model, "totals", infinite)
    before = _state(step)
    results = _step(step, ids)

    assert np.isfinite(results["norm"])
    assert np.isinf(results["nll_per_word"])
    np.testing.assert_equal(_state(step), before)


# === Dtype policies, added losses and optimisers ===


PAIRS = np.array([[[1, 2], [3, 1]], [[2, 40], [8, 3]], [[5, 1], [0, 0]]], "int32")


def _make_documents(latent, dtype=None, optimizer=lambda: keras.optimizers.Adam(0.05)):
    strategy = make_strategy("one_device")
    with strategy.scope():
        model = models.NVDM(WORDS, latent, hidden_dim=8, seed=1, dtype=dtype)
        optimizer = optimizer()
        optimizer.build(model.trainable_variables)
    return TrainingStep(model, optimizer, strategy, 5.0), tf.constant(PAIRS)


def _make_sentences(latent, dtype=None):
    strategy = make_strategy("one_device")
    with strategy.scope():
        model = models.NVRNN(
            WORDS,
            latent,
            embedding_dim=8,
            hidden_dim=8,
            dropout=0.0,
            seed=1,
            dtype=dtype,
        )
        optimizer = keras.optimizers.Adam(0.05)
        optimizer.build(model.trainable_variables)
    step = TrainingStep(model, optimizer, strategy, 5.0)
    return step, model.tokenizer(SENTENCES).to_tensor()


def _vmf(**options):
    return layers.VonMisesFisherLatent(3, kappa=10.0, seed=1, **options)


@functools.cache
def _in_float32(make, latent):
    """Returns the weights before the first of three steps, and what the steps gave."""
    step, inputs = make(latent())
    return _weights(step), [step(inputs) for _ in range(3)]


@pytest.mark.parametrize("make", [_make_documents, _make_sentences])
@pytest.mark.parametrize(
    ("dtype", "latent", "tolerance"),
    [
        ("mixed_bfloat16", _vmf, 0.05),
        ("mixed_float16", _vmf, 0.01),
        # In float64, the noise would differ.
        ("float64", layers.NoLatent, 1e-4),
    ],
)
def test_other_dtype_policies_take_the_same_steps_as_float32(
    make, dtype, latent, tolerance
):
    weights, sums = _in_float32(make, latent)
    other, inputs = make(latent(dtype=dtype), dtype)
    for variable, value in zip(other.model.trainable_variables, weights, strict=True):
        variable.assign(value)
    other_sums = [other(inputs) for _ in range(3)]

    for name in ("reconstruction", "norm"):
        values, other_values = ([float(x[name]) for x in y] for y in (sums, other_sums))
        np.testing.assert_allclose(other_values, values, rtol=tolerance)
        assert values[0] != values[2]


class LatentWithLoss(layers.GaussianLatent):
    """A latent without noise that adds a loss."""

    def call(self, hidden, codes=1, training=False):
        z = self.location(hidden)
        self.add_loss(7.0 * tf.reduce_mean(z**2))
        return z, tf.zeros(tf.shape(z)[:1], z.dtype)


def test_losses_that_layers_add_are_trained_on_as_in_fit():
    def make():
        latent = LatentWithLoss(3, seed=1)
        return _make_documents(latent, optimizer=lambda: keras.optimizers.SGD(1e-3))

    (step, pairs), (other, _) = make(), make()
    step.clip_norm = 1e9
    other.model.compile(other.optimizer)
    # A row of padding counts in neither.
    pairs = tf.pad(pairs, [(0, 1), (0, 0), (0, 0)])
    for _ in range(2):
        step(pairs)
        other.model.train_on_batch(pairs)

    for one, two in zip(_weights(step), _weights(other), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        (
            lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()),
            "^optimizer: the training step scales the loss itself",
        ),
    ],
)
def test_an_optimiser_that_the_step_does_not_support_is_refused(optimizer, message):
    with pytest.raises(ValueError, match=message):
        _make_documents(_vmf(), optimizer=optimizer)


@pytest.mark.parametrize(
    "options",
    [
        {"use_ema": True},
        {"use_ema": True, "ema_overwrite_frequency": 2},
        {"gradient_accumulation_steps": 2},
    ],
    ids=str,
)
def test_an_optimiser_that_averages_or_accumulates_learns(options):
    def optimizer():
        return keras.optimizers.Adam(0.05, **options)

    step, pairs = _make_documents(_vmf(), optimizer=optimizer)
    losses = [float(step(pairs)["reconstruction"]) for _ in range(12)]

    assert min(losses) < losses[0] - 1


# === Normalisation over the batch ===


def _normalising(strategy, jit="auto", accumulate_steps=1):
    strategy = make_strategy(strategy)
    with strategy.scope():
        latent = layers.GaussianLatent(4, seed=1, batch_norm=0.6)
        model = models.NVDM(WORDS, latent, hidden_dim=8, seed=1)
        optimizer = keras.optimizers.Adam(0.01)
        optimizer.build(model.trainable_variables)
    return TrainingStep(model, optimizer, strategy, 5.0, jit, accumulate_steps)


def _after_steps(step):
    """Returns the totals of two steps, and all variables after them.

    In the second one the second of two replicas has no examples.
    """
    batches = [np.resize(PAIRS, (4, *PAIRS.shape[1:])), np.zeros([4, 2, 2], "int32")]
    batches[1][:2] = PAIRS[:2]
    totals = [_step(step, batch) for batch in batches]
    variables = [*step.model.non_trainable_variables, *_state_variables(step)]
    return totals, [tf.convert_to_tensor(v).numpy() for v in variables]


def test_normalisation_is_over_the_whole_batch():
    one, two = _normalising("one_device"), _normalising("mirrored")
    (totals, values), (other_totals, others) = _after_steps(one), _after_steps(two)

    for before, after in zip(totals, other_totals, strict=True):
        assert after == pytest.approx(before, rel=1e-4)
    for value, same in zip(values, others, strict=True):
        np.testing.assert_allclose(same, value, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_normalisation_is_the_same_under_xla():
    plain, compiled = _normalising("one_device"), _normalising("one_device", "on")
    # Its noise is another, but the KL and the moving averages have none.
    kls = [float(_step(step, PAIRS)["kl"]) for step in (plain, compiled)]

    assert kls[1] == pytest.approx(kls[0], rel=1e-5)
    layers_of = [step.model.latent.normalization for step in (plain, compiled)]
    for name in ("moving_mean", "moving_variance"):
        one, other = (getattr(layer, name) for layer in layers_of)
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-6)


def test_normalisation_over_parts_of_a_batch_is_refused():
    with pytest.raises(ValueError, match=r"^accumulate_steps is 2: .*give 1$"):
        _normalising("one_device", accumulate_steps=2)
