"""The base class of the library's variational autoencoders."""

from typing import ClassVar

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_vmfvae import evaluation
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
    """Base class: a functional model whose outputs are the terms of its loss.

    A subclass builds a functional graph whose output is a dictionary of
    `"reconstruction"`, the negative log-likelihood of each example given one sample of
    its code, and `"kl"`, both of shape `(batch,)` in nats. Their sum is minus the
    evidence lower bound. In training a model may draw several codes for an example;
    the reconstruction then averages over them or weighs them by importance.

    The loss is the mean over examples of `reconstruction + kl_weight * charged_kl`,
    where `charged_kl` is the part of the KL that `latent` charges, and `kl_weight` a
    variable that callbacks set. If there is a third output, `"auxiliary"`, it is added
    to the loss times another such variable, `auxiliary_weight`; it is not part of the
    bound.

    Empty rows (see `is_example`) only fill up a batch. They count in no loss and no
    metric.

    `fit` and `evaluate` take inputs without targets, and sample weights if you like
    (see `UnsupervisedModel`). Losses that layers add (`add_loss`, regularizers) are
    added to the loss. Weights and added losses change only `"loss"`: `"nll"`,
    `"reconstruction"`, `"kl"` and `"ppl"` stay plain means, so that `"nll"` is a bound.
    """

    # The constructor's arguments that are layers.
    _layer_arguments: ClassVar = ("latent",)

    def __init__(self, inputs, outputs, name=None, trainable=True):
        super().__init__(inputs, outputs, name=name, trainable=trainable)
        self.kl_weight = keras.Variable(
            1.0, trainable=False, dtype="float32", name="kl_weight"
        )
        # Not saved with the model: its callback sets it whenever training resumes.
        self.auxiliary_weight = tf.Variable(1.0, trainable=False)
        self.bound_trackers = {
            name: keras.metrics.Mean(name=name)
            for name in ("nll", "reconstruction", "kl")
        }
        self.perplexity_tracker = Perplexity()

    def is_example(self, inputs):
        """Returns which rows are examples, not padding: a bool tensor `(batch,)`."""
        return ops.any(ops.not_equal(inputs, 0), axis=-1)

    def count_words(self, inputs):
        """Returns the number of words of each example, a float tensor `(batch,)`."""
        raise NotImplementedError(f"{type(self).__name__} has no count_words")

    def read_texts(self, texts, labels=None):
        """Returns what the model reads of each raw text, not yet padded."""
        raise NotImplementedError(f"{type(self).__name__} reads no raw text")

    def score(self, texts, **options) -> dict[str, np.ndarray]:
        """Returns minus the evidence lower bound of each text, and its parts.

        See `tf_vmfvae.evaluation.score` for the options.
        """
        return evaluation.score(self, texts, **options)

    @property
    def weighs_codes(self) -> bool:
        """Whether training uses the importance-weighted bound of several codes."""
        return False

    def encoder_weights(self) -> list[keras.Variable]:
        """Returns the weights that make the code, of `encoder` and `latent`."""
        return [*self.encoder.weights, *self.latent.posterior_weights]

    @property
    def output_bias(self) -> keras.Variable | None:
        """The biases of the words, which `adapt` sets to their log frequencies."""
        return None

    def decoder_weights(self) -> list[keras.Variable]:
        """Returns the trainable weights that belong neither to encoder nor to latent.

        Embeddings that encoder and decoder share belong to the encoder. `output_bias`
        is not among the weights.
        """
        others = {
            id(weight)
            for weight in (
                *self.encoder.weights,
                *self.latent.weights,
                self.output_bias,
            )
        }
        return [v for v in self.trainable_variables if id(v) not in others]

    def draw_codes(self, hidden, inputs, codes: int = 1) -> tuple:
        """Returns the codes and KLs of a batch, as `latent` does.

        A latent that normalises over the batch is told which rows are examples.

        Args:
            hidden: the encoder's features, `(batch, features)`.
            inputs: the model's inputs.
            codes: see `Latent`.
        """
        options = {"codes": codes} if codes > 1 else {}
        if self.latent.normalizes_batch:
            options["is_example"] = self.is_example(inputs)
        return self.latent(hidden, **options)

    def totals(self, inputs, outputs, sample_weight=None) -> dict[str, tf.Tensor]:
        """Returns sums over the examples of a batch.

        Args:
            inputs: the model's inputs.
            outputs: the model's outputs.
            sample_weight: one weight for each example, `(batch,)`, or `None`. It weighs
                all sums but not the counts.

        Returns:
            Scalars: `"reconstruction"`, `"kl"`, `"charged_kl"` (the KL that enters the
            loss) and `"auxiliary"`, all in nats; `"nll_per_word"`, the sum of each
            example's NLL divided by its number of words; and the counts `"examples"`
            and `"words"`.
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
        """Returns the loss summed over a batch.

        Losses that layers added in the last call (`losses`) count once for each
        example, so that they count once in the mean.

        Args:
            totals: the batch's sums, from `totals`.

        Raises:
            ValueError: if layers added losses under a strategy with several replicas.
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
        # The replicas' gradients are summed, so each replica divides by all examples.
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
        # Every way of training comes through here.
        if self.weighs_codes and float(tf.convert_to_tensor(self.kl_weight)) != 1.0:
            raise ValueError(
                "kl_weight: with several codes, training uses the importance-weighted "
                "bound, which needs the whole KL; leave it at 1, or give codes=1"
            )
        return super().make_train_function(force)

    def save(self, filepath, *arguments, **options):
        """Saves as `keras.Model.save` does, but only as a `.keras` file.

        Raises:
            ValueError: if `filepath` is an HDF5 file. Keras would write it, and then
                could not load it.
        """
        if str(filepath).endswith((".h5", ".hdf5")):
            raise ValueError(
                f"filepath is {str(filepath)!r}: a {type(self).__name__} can only be "
                "loaded from a .keras file; for the weights alone, use save_weights"
            )
        super().save(filepath, *arguments, **options)

    def export(self, filepath, format="tf_saved_model", *arguments, **options):
        """Exports as `keras.Model.export` does, but only as a SavedModel.

        Raises:
            ValueError: if `format` is another one.
        """
        if format != "tf_saved_model":
            raise ValueError(
                f"format is {format!r}: {type(self).__name__} can only be exported as "
                "'tf_saved_model'; other formats lack the operations that draw codes"
            )
        super().export(filepath, format, *arguments, **options)

    def quantize(self, *arguments, **options):
        """Is refused: layers share weights, and Keras quantizes each layer alone.

        Raises:
            ValueError: always.
        """
        raise ValueError(
            f"quantize: Keras computes wrong values with a quantized "
            f"{type(self).__name__}, and cannot load it; leave quantize out"
        )

    def _added_losses(self):
        losses = self.losses
        of_weights = [v for v in self.trainable_variables if v.regularizer is not None]
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        if len(losses) > len(of_weights) and replicas > 1:
            # A layer keeps one list of losses, which every replica clears and adds to.
            raise ValueError(
                f"add_loss: Keras mixes up the losses that layers add in {replicas} "
                "replicas; train on one device, or without add_loss"
            )
        return losses

    def _run_through_graph(self, inputs, *arguments, **options):
        # Only keras.models.clone_model passes both of these options. It would return a
        # plain functional model, which has no loss.
        if {"operation_fn", "call_fn"} <= set(options):
            raise ValueError(
                f"clone_model would lose the loss and the methods of "
                f"{type(self).__name__}; use from_config(model.get_config()), or "
                "copy.deepcopy(model) to keep the weights, too"
            )
        return super()._run_through_graph(inputs, *arguments, **options)

    def get_config(self):
        """Returns the part of the configuration that all models have."""
        dtype = keras.dtype_policies.serialize(self.dtype_policy)
        layers = {
            name: keras.saving.serialize_keras_object(getattr(self, name))
            for name in self._layer_arguments
        }
        for layer in filter(None, layers.values()):
            # A layer without a dtype follows the model's, even if that changes later.
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
