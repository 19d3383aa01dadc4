"""What the variational autoencoders of the library have in common."""

from typing import ClassVar

import keras
import tensorflow as tf

from tf_vmfvae.models import fit_arguments
from tf_vmfvae.models.dtype_policy_scope import dtype_policy_scope
from tf_vmfvae.models.perplexity import Perplexity
from tf_vmfvae.models.replicas import sum_over_replicas
from tf_vmfvae.models.seed_states import (
    is_seed_state,
    load_seed_states,
    save_seed_states,
)
from tf_vmfvae.models.unsupervised_model import UnsupervisedModel
from tf_vmfvae.ops.keras_internals import sublayers


class VAE(UnsupervisedModel):
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

    Keras's `fit` and its like take inputs alone, and weights of examples if there are
    any (see `UnsupervisedModel`). Losses that layers add (`add_loss`, regularizers) are
    added to the loss. Weights and added losses enter `"loss"` alone: `"nll"`,
    `"reconstruction"`, `"kl"` and `"ppl"` are plain means, so that `"nll"` is a bound.
    """

    # Arguments of the constructor that are layers.
    _layer_arguments: ClassVar = ("latent",)

    def __init__(self, inputs, outputs, name=None, trainable=True):
        super().__init__(inputs, outputs, name=name, trainable=trainable)
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

    @property
    def weighs_codes(self) -> bool:
        """Whether training has the importance-weighted bound of several codes."""
        return False

    def totals(self, inputs, outputs, sample_weight=None) -> dict[str, tf.Tensor]:
        """Returns sums over the examples of a batch.

        Args:
            inputs: what the model was called with.
            outputs: what it returned.
            sample_weight: `None`, or a weight an example, `(batch,)`: of all sums, not
                of the counts.

        Returns:
            Scalars: `"reconstruction"`, `"kl"`, `"charged_kl"`, the KL that enters
            the loss, and `"auxiliary"`, what else is to be learned, in nats;
            `"nll_per_word"`, each example's NLL over its own words; `"examples"` and
            `"words"` as counts.
        """
        dtype = outputs["reconstruction"].dtype
        real = tf.cast(self.is_example(inputs), dtype)
        words = tf.cast(self.count_words(inputs), dtype)
        nll = outputs["reconstruction"] + outputs["kl"]
        weights = real
        if sample_weight is not None:
            weights *= fit_arguments.per_example(sample_weight, like=real)
        return {
            "reconstruction": tf.reduce_sum(weights * outputs["reconstruction"]),
            "kl": tf.reduce_sum(weights * outputs["kl"]),
            "charged_kl": tf.reduce_sum(
                weights * self.latent.charged_kl(outputs["kl"])
            ),
            "auxiliary": tf.reduce_sum(weights * outputs.get("auxiliary", 0.0)),
            "examples": tf.reduce_sum(real),
            "words": tf.reduce_sum(real * words),
            "nll_per_word": tf.reduce_sum(weights * nll / tf.maximum(words, 1.0)),
        }

    def objective(self, totals):
        """Returns the loss summed over a batch, of which `totals` are the sums.

        What layers added in the call before (`losses`) counts once for each example,
        so that it is there once in the mean.

        Raises:
            ValueError: if layers have added losses under a strategy of several
                replicas.
        """
        dtype = self.variable_dtype
        weight = tf.cast(self.kl_weight, dtype)
        bound = totals["reconstruction"] + weight * totals["charged_kl"]
        loss = bound + tf.cast(self.auxiliary_weight, dtype) * totals["auxiliary"]
        for added in self._added_losses():
            loss += totals["examples"] * tf.reduce_sum(tf.cast(added, dtype))
        return loss

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        fit_arguments.check_no_target(y)
        totals = self.totals(x, y_pred, sample_weight)
        # The replicas' gradients are summed: each has its part of the mean over all.
        examples = sum_over_replicas(totals["examples"])
        return self.objective(totals) / tf.maximum(examples, 1.0)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        totals = self.totals(x, y_pred)
        examples = totals["examples"]
        nll = totals["reconstruction"] + totals["kl"]
        for name, tracker in self.bound_trackers.items():
            total = nll if name == "nll" else totals[name]
            tracker.update_state(total / tf.maximum(examples, 1.0), examples)
        self.perplexity_tracker.update_state(nll, totals["words"])
        return super().compute_metrics(x, y, y_pred, sample_weight)

    def make_train_function(self, force=False):
        # Where training begins, in whatever way.
        if self.weighs_codes and float(tf.convert_to_tensor(self.kl_weight)) != 1.0:
            raise ValueError(
                "kl_weight: of several codes training has the importance-weighted "
                "bound, which takes the whole KL: leave it at 1, or give samples=1"
            )
        return super().make_train_function(force)

    def export(self, filepath, format="tf_saved_model", *arguments, **options):
        """As `keras.Model.export`, as a SavedModel alone.

        Raises:
            ValueError: if another format is asked for.
        """
        if format != "tf_saved_model":
            raise ValueError(
                f"format is {format!r}: {type(self).__name__} can be exported as "
                "'tf_saved_model' alone; other formats lack what draws its codes"
            )
        super().export(filepath, format, *arguments, **options)

    def _added_losses(self):
        losses = self.losses
        of_weights = [v for v in self.trainable_variables if v.regularizer is not None]
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        if len(losses) > len(of_weights) and replicas > 1:
            # Layers keep one list of them, to which all replicas add and which each
            # clears.
            raise ValueError(
                f"add_loss: Keras mixes up what layers add in {replicas} replicas; "
                "train on one device, or without add_loss"
            )
        return losses

    def _run_through_graph(self, inputs, *arguments, **options):
        # keras.models.clone_model comes here, and it alone with both of these. What it
        # would make of the layers is a plain functional model, which has no loss.
        if {"operation_fn", "call_fn"} <= set(options):
            raise ValueError(
                f"clone_model would lose the loss and the methods of "
                f"{type(self).__name__}: take from_config(model.get_config()), or "
                "copy.deepcopy(model) to keep the weights too"
            )
        return super()._run_through_graph(inputs, *arguments, **options)

    def get_config(self):
        """Returns what the models' configurations have in common."""
        dtype = keras.dtype_policies.serialize(self.dtype_policy)
        layers = {
            name: keras.saving.serialize_keras_object(getattr(self, name))
            for name in self._layer_arguments
        }
        for layer in filter(None, layers.values()):
            # Without a dtype it follows the model's, even if that is changed.
            if layer["config"].get("dtype") == dtype:
                del layer["config"]["dtype"]
        frozen = [
            layer.path or layer.name for layer in sublayers(self) if not layer.trainable
        ]
        return {
            **layers,
            "name": self.name,
            "dtype": dtype,
            **({"frozen": frozen} if frozen else {}),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        frozen = config.pop("frozen", ())
        with dtype_policy_scope(config.get("dtype")):
            for name in cls._layer_arguments:
                if isinstance(config.get(name), dict):
                    config[name] = keras.saving.deserialize_keras_object(
                        config[name], custom_objects=custom_objects
                    )
        model = cls(**config)
        for layer in sublayers(model):
            if (layer.path or layer.name) in frozen:
                layer.trainable = False
        return model

    def save_own_variables(self, store):
        super().save_own_variables(store)
        for name, state in save_seed_states(self).items():
            store[name] = state

    def load_own_variables(self, store):
        names = set(store.keys())
        seeds = set(filter(is_seed_state, names))
        load_seed_states(self, {name: store[name] for name in seeds})
        super().load_own_variables({name: store[name] for name in names - seeds})
