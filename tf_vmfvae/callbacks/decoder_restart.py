"""A decoder that starts over once the encoder is trained."""

import keras
import tensorflow as tf


class DecoderRestart(keras.callbacks.Callback):
    """Gives the decoder new initial weights at the start of an epoch.

    Li et al. (2019), "A Surprisingly Effective Fix for Deep Latent Variable Modeling of
    Text", section 3, first train an autoencoder, with a KL weight of 0. Then its
    decoder starts over, and training goes on with free bits and a KL weight that rises
    again: the new decoder finds codes that are worth reading. A `KLWeightSchedule` with
    a `delay` of `epoch` epochs and a latent with free bits do the rest.

    What starts over is `model.decoder_weights`; how frequent the words are, which says
    nothing about codes, stays known. The optimiser goes on as it is. The new
    weights are those of a new model with the same configuration, so with a `seed` they
    are the same in every process, and a resumed run goes on with the same ones.

    Args:
        epoch: int, at least 0. The decoder starts over before the first batch of this
            epoch, counted from 0.

    Raises:
        ValueError: if `epoch` is negative, or, when training begins, if the model is
            not a `tf_vmfvae.models.VAE`.

    Example:

    >>> from tf_vmfvae import callbacks
    >>> pretraining = [
    ...     callbacks.DecoderRestart(epoch=3),
    ...     callbacks.KLWeightSchedule("linear", epochs=5, delay=3),
    ... ]
    """

    def __init__(self, epoch: int):
        super().__init__()
        if epoch < 0:
            raise ValueError(f"epoch is {epoch}: epochs are numbered from 0")
        self.epoch = epoch
        self._current = None

    def on_train_begin(self, logs=None):
        if not hasattr(self.model, "decoder_weights"):
            raise ValueError(
                "DecoderRestart needs a model of tf_vmfvae.models, not a "
                f"{type(self.model).__name__}"
            )

    def on_epoch_begin(self, epoch, logs=None):
        self._current = epoch

    def on_train_batch_begin(self, batch, logs=None):
        # Not at the beginning of the epoch, which may be resumed at a later batch.
        if (self._current, batch) == (self.epoch, 0):
            self._restart()

    def _restart(self):
        model = self.model
        with model.distribute_strategy.scope():
            new = type(model).from_config(model.get_config())
            pairs = zip(model.decoder_weights(), new.decoder_weights(), strict=True)
            for weight, initial in pairs:
                weight.assign(tf.convert_to_tensor(initial))
