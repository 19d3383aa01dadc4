import keras
import numpy as np
import pytest

from tf_vmfvae.callbacks import KLWeightSchedule


class Recorder(keras.callbacks.Callback):
    """Records the KL weight of each batch."""

    def __init__(self):
        super().__init__()
        self.weights = []

    def on_train_batch_end(self, batch, logs=None):
        self.weights.append(float(self.model.kl_weight))


def test_a_linear_schedule_changes_the_weight_in_every_batch(fit):
    recorder = Recorder()
    fit([KLWeightSchedule("linear", epochs=2), recorder], epochs=3)
    ramp = np.arange(20) / 20
    np.testing.assert_allclose(recorder.weights, [*ramp, *[1.0] * 10], atol=1e-6)


def test_a_constant_schedule_keeps_its_weight_from_the_first_batch_on(fit):
    recorder = Recorder()
    fit([KLWeightSchedule("constant", end=0.3), recorder], epochs=2)
    np.testing.assert_allclose(recorder.weights, [0.3] * 20, rtol=1e-6)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", [*[0.0] * 15, *[0.3] * 15]),
        ("linear", [*[0.0] * 15, *(0.3 * np.arange(10) / 10), *[0.3] * 5]),
    ],
)
def test_a_schedule_may_begin_after_a_delay(fit, schedule, expected):
    recorder = Recorder()
    fit([KLWeightSchedule(schedule, 1, end=0.3, delay=1.5), recorder], epochs=3)
    np.testing.assert_allclose(recorder.weights, expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("delay", [-1.0, float("nan"), float("inf")])
def test_an_invalid_delay_is_refused(delay):
    with pytest.raises(ValueError, match="delay of a KL weight schedule must be 0 or"):
        KLWeightSchedule("linear", delay=delay)


def test_a_cyclical_schedule_rises_holds_and_starts_again(fit):
    recorder = Recorder()
    fit([KLWeightSchedule("cyclical", epochs=2), recorder], epochs=4)
    cycle = [*np.arange(10) / 10, *[1.0] * 10]
    np.testing.assert_allclose(recorder.weights, cycle * 2, atol=1e-6)


def test_a_sigmoid_schedule_is_symmetric_and_steepest_halfway():
    schedule = KLWeightSchedule("sigmoid", epochs=20, start=0.1, end=0.9)
    weights = np.array([schedule.weight_at(epoch) for epoch in range(21)])
    assert weights[0] == pytest.approx(0.1)
    assert weights[10] == pytest.approx(0.5)
    assert weights[20] == pytest.approx(0.9)
    assert schedule.weight_at(1000) == pytest.approx(0.9)
    np.testing.assert_allclose(weights + weights[::-1], 1.0)
    rises = np.diff(weights)
    assert (rises > 0).all()
    assert np.argmax(rises) in (9, 10)


def test_a_sigmoid_schedule_is_close_to_the_logistic_function():
    schedule = KLWeightSchedule("sigmoid", epochs=12)
    for epoch in range(13):
        logistic = 1 / (1 + np.exp(-(epoch - 6)))
        assert schedule.weight_at(epoch) == pytest.approx(logistic, abs=0.0025)


def test_a_resumed_run_continues_with_the_same_weight(model):
    """The run is resumed in the middle of epoch 4."""
    schedule = KLWeightSchedule("linear", epochs=10)
    callbacks = keras.callbacks.CallbackList([schedule], model=model, steps=4)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(4)
    callbacks.on_train_batch_begin(3)
    assert float(model.kl_weight) == pytest.approx((4 + 3 / 4) / 10)


def test_the_weight_changes_once_per_epoch_if_the_number_of_batches_is_unknown(model):
    schedule = KLWeightSchedule("linear", epochs=10)
    callbacks = keras.callbacks.CallbackList([schedule], model=model, steps=None)
    callbacks.on_epoch_begin(3)
    callbacks.on_train_batch_begin(7)
    assert float(model.kl_weight) == pytest.approx(0.3)


def test_steps_per_epoch_overrides_what_fit_reports(model):
    schedule = KLWeightSchedule("linear", epochs=1, steps_per_epoch=8)
    callbacks = keras.callbacks.CallbackList([schedule], model=model, steps=4)
    callbacks.on_epoch_begin(0)
    callbacks.on_train_batch_begin(2)
    assert float(model.kl_weight) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"schedule": "cosine"}, "'cosine'.*constant, linear, sigmoid"),
        ({"epochs": 0}, "epochs .* positive and finite, not 0"),
        ({"epochs": float("nan")}, "epochs .* positive and finite, not nan"),
        ({"start": -1}, "start .* 0 or more, not -1"),
        ({"end": float("inf")}, "end .* 0 or more, not inf"),
        ({"steps_per_epoch": 0}, "steps_per_epoch must be at least 1, not 0"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        KLWeightSchedule(**arguments)


def test_a_model_without_a_kl_weight_is_refused():
    schedule = KLWeightSchedule()
    schedule.set_model(keras.Sequential([keras.layers.Dense(1)]))
    with pytest.raises(ValueError, match=r"kl_weight.*Sequential has none"):
        schedule.on_train_begin()
