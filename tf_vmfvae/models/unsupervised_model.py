"""Keras's training for models whose target is their own input."""

import contextlib
import inspect

import keras
import tensorflow as tf

from tf_vmfvae.models import fit_arguments
from tf_vmfvae.models.input_reader import InputReader
from tf_vmfvae.models.preset_model import PresetModel
from tf_vmfvae.models.replicas import sum_over_replicas
from tf_vmfvae.ops.batch_inputs import padded


class UnsupervisedModel(PresetModel):
    """Base class: a functional model that is fitted to inputs without targets.

    A subclass defines `is_example`, which rows of a batch count, and `compute_loss`,
    this replica's part of the mean loss over all examples of a batch. If it reads
    labels, it also defines `num_labels`, `labels_of` and `with_checked_labels`.

    `fit`, `evaluate`, `predict` and the methods for single batches differ from Keras's
    as follows:

    - There is no `y`.
    - `x` may be raw text, which `preprocessor` turns into the model's inputs: a list,
      an array, a Series or a tensor of strings, or batches of these, such as those of a
      `tf.data.Dataset`. For a model that reads labels it is a dictionary of `"text"`
      and `"label"`.
    - `sample_weight`, or the third part of batches `(inputs, None, weights)`, weighs
      the examples in the loss. As in Keras's own losses, the weighted sum is divided by
      the number of examples, not by the sum of the weights.
    - `class_weight` weighs examples by the labels that the model reads, if it reads
      any. It multiplies with `sample_weight`.
    - The reported loss is the mean over all examples, whatever the sizes of batches and
      the number of replicas.

    Attributes:
        preprocessor: function from raw text to the model's inputs, such as a
            `Preprocessor`; or `None`. Set it to `None` to have text refused, or to a
            function of your own. It is not saved with the model.
    """

    preprocessor = None

    def __init__(self, inputs, outputs, name=None, trainable=True):
        super().__init__(
            inputs=inputs,
            outputs=outputs,
            name=name,
            # With `True`, Keras would unfreeze frozen layers.
            trainable=None if trainable else False,
        )
        self._class_weights = None
        if self.num_labels:
            ones = tf.ones([self.num_labels])
            self._class_weights = tf.Variable(ones, trainable=False)
        self._has_own_metrics = False

    def is_example(self, inputs):
        """Returns which rows are examples, not padding: a bool tensor `(batch,)`."""
        raise NotImplementedError(f"{type(self).__name__} has no is_example")

    @property
    def num_labels(self) -> int | None:
        """Number of labels, or `None` if the model reads no labels."""
        return None

    def labels_of(self, inputs):
        """Returns the label of each example, int32 `(batch,)`, from 0."""
        raise NotImplementedError(f"{type(self).__name__} reads no labels")

    def with_checked_labels(self, inputs):
        """Returns the inputs after checking the labels in them, if there are any.

        Raises:
            ValueError: if a label is out of range, or there is not one for each
                example. In a graph it is an `InvalidArgumentError`.
        """
        return inputs

    def compile(
        self,
        optimizer="adam",
        loss=None,
        loss_weights=None,
        metrics=None,
        weighted_metrics=None,
        *,
        jit_compile=False,
        **options,
    ):
        """Configures training. The model has its own loss.

        Args:
            optimizer: as for any Keras model.
            loss: must be `None`.
            loss_weights: must be `None`; the variables `kl_weight` and
                `auxiliary_weight` weigh the parts of the loss.
            metrics: dictionary from an output's name to your own functions or metrics,
                as in `{"kl": largest}`. A function takes the inputs and the output,
                and is averaged over the examples; a metric is updated with both.
            weighted_metrics: likewise, weighted by `sample_weight`.
            jit_compile: bool. Off by default: the layers compile with XLA what it
                speeds up, and it slows the recurrent loops down.
            **options: other arguments of `keras.Model.compile`.

        Raises:
            ValueError: if a loss is given, or a metric that needs targets.
        """
        for argument, value in (("loss", loss), ("loss_weights", loss_weights)):
            if value is not None:
                raise ValueError(
                    f"{argument}: {type(self).__name__} has its own loss, weighted by "
                    f"kl_weight and auxiliary_weight; leave {argument} out"
                )
        outputs = sorted(self.output)
        fit_arguments.check_metrics("metrics", metrics, outputs)
        fit_arguments.check_metrics("weighted_metrics", weighted_metrics, outputs)
        self._has_own_metrics = bool(metrics or weighted_metrics)
        super().compile(
            optimizer=optimizer,
            metrics=metrics or None,
            weighted_metrics=weighted_metrics or None,
            jit_compile=jit_compile,
            **options,
        )

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))
        if self.optimizer is not None:
            self.optimizer.build(self.trainable_variables)

    def fit(self, x=None, y=None, *arguments, **options):
        """Trains as `keras.Model.fit` does, but without `y`; see the class.

        Raises:
            ValueError: if there is a target, not one weight for each example, or
                a `class_weight` for a model that reads no labels.
        """
        call = inspect.signature(super().fit).bind(x, y, *arguments, **options)
        given = call.arguments
        class_weight = given.pop("class_weight", None)
        self._check_data(given)
        validation = given.get("validation_data")
        if fit_arguments.has_parts(validation):
            validation = keras.utils.unpack_x_y_sample_weight(validation)
            given["validation_data"] = fit_arguments.checked(self._reader, *validation)
        elif validation is not None:
            given["validation_data"], *_ = fit_arguments.checked(
                self._reader, validation
            )
        with self._weighing_classes(class_weight), self._tracing_anew_after_errors():
            return super().fit(*call.args, **call.kwargs)

    def evaluate(self, x=None, y=None, *arguments, **options):
        """Evaluates as `keras.Model.evaluate` does, but without `y`; see the class.

        Raises:
            ValueError: as `fit`.
        """
        call = inspect.signature(super().evaluate).bind(x, y, *arguments, **options)
        self._check_data(call.arguments)
        with self._tracing_anew_after_errors():
            return super().evaluate(*call.args, **call.kwargs)

    def predict(self, x, *arguments, **options):
        """Returns the outputs for all examples, as `keras.Model.predict` does.

        Raises:
            ValueError: if `x` is neither text nor inputs of the model.
        """
        x = fit_arguments.read_data(self._reader, x)
        with self._tracing_anew_after_errors():
            return super().predict(x, *arguments, **options)

    def train_on_batch(
        self, x, y=None, sample_weight=None, class_weight=None, return_dict=False
    ):
        """Trains as `keras.Model.train_on_batch` does, but without `y`; see the class.

        Raises:
            ValueError: as `fit`.
        """
        x, y, sample_weight = self._checked_batch(x, y, sample_weight)
        with self._weighing_classes(class_weight), self._tracing_anew_after_errors():
            return super().train_on_batch(
                x, y, sample_weight=sample_weight, return_dict=return_dict
            )

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """Evaluates as `keras.Model.test_on_batch` does, but without `y`.

        Raises:
            ValueError: as `fit`.
        """
        x, y, sample_weight = self._checked_batch(x, y, sample_weight)
        with self._tracing_anew_after_errors():
            return super().test_on_batch(x, y, sample_weight, return_dict)

    def predict_on_batch(self, x):
        """Returns the outputs for a batch, as `keras.Model.predict_on_batch` does.

        Raises:
            ValueError: as `predict`.
        """
        with self._tracing_anew_after_errors():
            return super().predict_on_batch(self._reader.batch(x))

    def make_train_function(self, force=False):
        # An optimiser makes its variables in the first step, and TensorFlow traces a
        # function that makes variables twice.
        if self.optimizer and not self.optimizer.built and self.trainable_variables:
            with self.distribute_strategy.scope():
                self.optimizer.build(self.trainable_variables)
        return super().make_train_function(force)

    def train_step(self, data):
        inputs, target, weights = keras.utils.unpack_x_y_sample_weight(data)
        inputs = self._reader.in_step(inputs)
        weights = self._with_class_weights(inputs, weights)
        with tf.GradientTape() as tape:
            outputs = self(inputs, training=True)
            loss = self.compute_loss(inputs, target, outputs, weights, training=True)
            scaled = self.optimizer.scale_loss(loss)
        variables = self.trainable_variables
        if variables:
            gradients = tape.gradient(scaled, variables)
            self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        self._track_loss(loss, inputs)
        return self.compute_metrics(inputs, target, outputs, weights)

    def test_step(self, data):
        inputs, target, weights = keras.utils.unpack_x_y_sample_weight(data)
        inputs = self._reader.in_step(inputs)
        outputs = self(inputs, training=False)
        loss = self.compute_loss(inputs, target, outputs, weights, training=False)
        self._track_loss(loss, inputs)
        return self.compute_metrics(inputs, target, outputs, weights)

    def predict_step(self, data):
        inputs, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return self(self._reader.in_step(inputs), training=False)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        if self._has_own_metrics:
            is_example = self.is_example(x)
            x, y_pred, sample_weight = keras.tree.map_structure(
                lambda rows: (
                    None if rows is None else tf.boolean_mask(rows, is_example)
                ),
                (x, y_pred, sample_weight),
                none_is_leaf=True,
            )
        targets = dict.fromkeys(y_pred, x)
        return super().compute_metrics(x, targets, y_pred, sample_weight)

    def _with_class_weights(self, inputs, weights):
        if self._class_weights is None:
            return weights
        labels = tf.clip_by_value(self.labels_of(inputs), 0, self.num_labels - 1)
        by_label = tf.gather(self._class_weights, labels)
        if weights is None:
            return by_label
        return by_label * fit_arguments.per_example(weights, like=by_label)

    def _track_loss(self, loss, inputs):
        """Tracks the mean loss of this replica's examples.

        Args:
            loss: this replica's part of the mean over all examples.
            inputs: this replica's inputs.
        """
        examples = tf.reduce_sum(tf.cast(self.is_example(inputs), loss.dtype))
        own = loss * sum_over_replicas(examples) / tf.maximum(examples, 1.0)
        [tracker] = [metric for metric in self.metrics if metric.name == "loss"]
        tracker.update_state(own, sample_weight=examples)

    @contextlib.contextmanager
    def _weighing_classes(self, class_weight):
        """Weighs examples by their labels within the block."""
        if class_weight is None:
            yield
            return
        table = fit_arguments.class_weight_table(class_weight, self.num_labels)
        self._class_weights.assign(table)
        try:
            yield
        finally:
            self._class_weights.assign(tf.ones_like(table))

    @contextlib.contextmanager
    def _tracing_anew_after_errors(self):
        """Drops the compiled steps if the block fails.

        TensorFlow refuses to trace a function again whose first trace has failed.
        """
        try:
            yield
        except Exception:
            self.train_function = self.test_function = None
            raise

    @property
    def _reader(self):
        return InputReader(self)

    def _check_data(self, given):
        """Checks the data among the arguments of `fit` or `evaluate`, in place."""
        names = ("x", "y", "sample_weight")
        data = (given.get(name) for name in names)
        data = fit_arguments.checked(self._reader, *data)
        given.update(zip(names, data, strict=True))

    def _checked_batch(self, x, y, sample_weight):
        x, y, sample_weight = fit_arguments.checked(self._reader, x, y, sample_weight)
        return padded(x), y, sample_weight
