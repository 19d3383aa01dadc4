"""What the variational autoencoders of the library have in common."""

import keras
import tensorflow as tf

from tf_vmfvae.models.noise_states import is_noise, load_noise, save_noise
from tf_vmfvae.models.perplexity import Perplexity


class VAE(keras.Model):
    """Base class: a functional model whose outputs are its own loss.

    A subclass builds a functional graph whose output is a dictionary of
    `"reconstruction"`, the negative log-likelihood of each example given one
    sample of its code (in training, where a model draws several, the mean over them,
    or what importance weighting makes of it), and `"kl"`, both of shape `(batch,)` in
    nats. Their sum is minus the evidence lower bound. The loss is its mean over the
    examples, with what `latent` charges for the KL weighted by `kl_weight`, a variable
    that a callback moves. A third output, `"auxiliary"`, adds to the loss, weighted by
    `auxiliary_weight`, which a callback moves too, and to no bound.

    Examples that are empty (see `is_example`) only fill up a batch: they enter no
    loss and no metric.
    """

    def __init__(self, inputs, outputs, **kwargs):
        super().__init__(inputs=inputs, outputs=outputs, **kwargs)
        self.kl_weight = keras.Variable(
            1.0, trainable=False, dtype="float32", name="kl_weight"
        )
        # No weight of the model: what moves it sets it whenever training goes on.
        self.auxiliary_weight = tf.Variable(1.0, trainable=False)
        self.bound_trackers = {
            name: keras.metrics.Mean(name=name)
            for name in ("nll", "reconstruction", "kl")
        }
        self.perplexity_tracker = Perplexity()

    def is_example(self, inputs):
        """Returns a bool tensor `(batch,)`: which rows are examples at all."""
        return tf.reduce_any(inputs != 0, axis=-1)

    def count_words(self, inputs):
        """Returns a float tensor `(batch,)`: how many words each bound covers."""
        raise NotImplementedError(f"{type(self).__name__} counts no words")

    def compile(self, optimizer="adam", *, jit_compile=False, **kwargs):
        """Configures training; no loss is needed, the model brings its own.

        Args:
            optimizer: as for any Keras model.
            jit_compile: bool. Off by default: what gains by XLA is compiled
                within the layers, and the recurrent loops lose by it.
            **kwargs: other arguments of `keras.Model.compile`.
        """
        super().compile(optimizer=optimizer, jit_compile=jit_compile, **kwargs)

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        config["latent"] = keras.saving.deserialize_keras_object(
            config["latent"], custom_objects=custom_objects
        )
        return cls(**config)

    def save_own_variables(self, store):
        super().save_own_variables(store)
        for name, state in save_noise(self).items():
            store[name] = state

    def load_own_variables(self, store):
        names = set(store.keys())
        noise = set(filter(is_noise, names))
        load_noise(self, {name: store[name] for name in noise})
        super().load_own_variables({name: store[name] for name in names - noise})

    def totals(self, inputs, outputs) -> dict[str, tf.Tensor]:
        """Returns sums over the examples of a batch.

        Args:
            inputs: what the model was called with.
            outputs: what it returned.

        Returns:
            Scalars: `"reconstruction"`, `"kl"`, `"charged_kl"`, the KL that enters
            the loss, and `"auxiliary"`, what else is to be learned, in nats;
            `"nll_per_word"`, each example's NLL over its own words; `"examples"` and
            `"words"` as counts.
        """
        real = tf.cast(self.is_example(inputs), tf.float32)
        words = self.count_words(inputs)
        nll = outputs["reconstruction"] + outputs["kl"]
        return {
            "reconstruction": tf.reduce_sum(real * outputs["reconstruction"]),
            "kl": tf.reduce_sum(real * outputs["kl"]),
            "charged_kl": tf.reduce_sum(real * self.latent.charged_kl(outputs["kl"])),
            "auxiliary": tf.reduce_sum(real * outputs.get("auxiliary", 0.0)),
            "examples": tf.reduce_sum(real),
            "words": tf.reduce_sum(real * words),
            "nll_per_word": tf.reduce_sum(real * nll / tf.maximum(words, 1.0)),
        }

    def objective(self, totals):
        """Returns the loss summed over a batch, of which `totals` are the sums."""
        weight = tf.convert_to_tensor(self.kl_weight)
        bound = totals["reconstruction"] + weight * totals["charged_kl"]
        return bound + self.auxiliary_weight * totals["auxiliary"]

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        totals = self.totals(x, y_pred)
        return self.objective(totals) / tf.maximum(totals["examples"], 1.0)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        totals = self.totals(x, y_pred)
        examples = totals["examples"]
        nll = totals["reconstruction"] + totals["kl"]
        for name, tracker in self.bound_trackers.items():
            total = nll if name == "nll" else totals[name]
            tracker.update_state(total / tf.maximum(examples, 1.0), examples)
        self.perplexity_tracker.update_state(nll, totals["words"])
        return self.get_metrics_result()
