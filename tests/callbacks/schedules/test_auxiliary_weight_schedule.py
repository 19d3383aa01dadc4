import keras
import numpy as np
import pytest

from tf_vmfvae import layers, models
from tf_vmfvae.callbacks import AuxiliaryWeightSchedule


@pytest.fixture
def model():
    latent = layers.VonMisesFisherLatent(6, kappa=1e4, seed=1)
    model = models.NVRNN(
        ["a", "b"], latent, hidden_dim=4, bow_loss=1.0, dropout=0.0, seed=1
    )
    # The weights do not change.
    model.compile(keras.optimizers.SGD(0.0))
    return model


class ExcessLosses(keras.callbacks.Callback):
    """Records how far the loss of each epoch is above the bound."""

    def __init__(self):
        super().__init__()
        self.excess = []

    def on_epoch_end(self, epoch, logs=None):
        self.excess.append(logs["loss"] - logs["nll"])


def test_the_loss_falls_to_the_bound_and_stays_there(model):
    ids = model.to_ids(["a b", "b"]).to_tensor()
    losses = ExcessLosses()
    schedule = AuxiliaryWeightSchedule(epochs=2)

    model.fit(ids, epochs=4, callbacks=[schedule, losses], verbose=0)

    full, half, *none = losses.excess
    assert full > 1
    np.testing.assert_allclose(half, full / 2, rtol=0.02)
    np.testing.assert_allclose(none, 0, atol=1e-4)


def test_a_model_without_an_auxiliary_weight_is_refused():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    with pytest.raises(ValueError, match="needs a model with a variable auxiliary_w"):
        model.fit(
            np.ones([2, 2]),
            np.ones(2),
            callbacks=[AuxiliaryWeightSchedule(2)],
            verbose=0,
        )


def test_epochs_must_be_positive():
    with pytest.raises(ValueError, match="epochs of a schedule must be positive"):
        AuxiliaryWeightSchedule(epochs=0)
