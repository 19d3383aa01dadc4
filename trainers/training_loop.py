"""The training loop that tf.distribute documents, for any VAE of the library."""

import dataclasses
import math
import signal
import time

import keras
import numpy as np
import tensorflow as tf
import tqdm

from tf_vmfvae.evaluation import Bounds, batch_totals
from trainers.checkpoints import Checkpoints
from trainers.run_folder import RunFolder


@dataclasses.dataclass
class Progress:
    """Where a run stands: all that its checkpoints hold beside the variables."""

    epoch: int = 0
    batch: int = 0
    totals: dict = dataclasses.field(default_factory=dict)
    seconds: float = 0.0
    best_nll: float = math.inf
    best_epoch: int = -1
    history: list = dataclasses.field(default_factory=list)


class TrainingLoop:
    """Trains a VAE under a strategy, and goes on where it stopped.

    The gradient of the summed loss of a replica's share is taken inside
    `strategy.run`; the sums are reduced, divided by the global number of examples
    and clipped, and the optimiser steps outside. So the number of replicas
    changes nothing but the speed.

    Args:
        model: `tf_vmfvae.models.VAE`, built in the strategy's scope.
        optimizer: `keras.optimizers.Optimizer`, made in the strategy's scope.
        strategy: `tf.distribute.Strategy`.
        folder: `RunFolder` for the best model and the checkpoints.
        clip_norm: float. Gradients are scaled down to this global norm.
        save_seconds: float. Time between checkpoints within an epoch.
    """

    def __init__(
        self,
        model,
        optimizer: keras.optimizers.Optimizer,
        strategy: tf.distribute.Strategy,
        folder: RunFolder,
        clip_norm: float,
        save_seconds: float = 120.0,
    ):
        self.model = model
        self.optimizer = optimizer
        self.strategy = strategy
        self.folder = folder
        self.clip_norm = clip_norm
        self.save_seconds = save_seconds
        with strategy.scope():
            optimizer.build(model.trainable_variables)
        self.checkpoints = Checkpoints(
            folder.checkpoints, [*model.variables, *optimizer.variables]
        )
        self.progress = Progress()
        self._stop_signal = None

    def restore(self) -> bool:
        """Goes back to the newest checkpoint; returns whether there was one."""
        notes = self.checkpoints.restore()
        if notes is not None:
            self.progress = Progress(**notes)
        return notes is not None

    def fit(self, train, validation, epochs: int, patience: int, callbacks=()) -> None:
        """Trains until the last epoch, or until the bound stops improving.

        Args:
            train: `tf_vmfvae.data.Batches`.
            validation: `tf_vmfvae.data.Batches`.
            epochs: int. The last epoch.
            patience: int. Stops after so many epochs without a better bound.
            callbacks: Keras callbacks; they see epochs, training batches and the
                logs that a `fit` of Keras would show them, and more.
        """
        callbacks = keras.callbacks.CallbackList(
            list(callbacks),
            model=self.model,
            epochs=epochs,
            steps=len(train),
            verbose=0,
        )
        with _SignalsHeld(self):
            callbacks.on_train_begin()
            while self.progress.epoch < epochs and not self._exhausted(patience):
                self._run_epoch(train, validation, epochs, callbacks)
            callbacks.on_train_end()

    def _exhausted(self, patience):
        progress = self.progress
        return progress.epoch - 1 - progress.best_epoch >= patience > 0

    def _run_epoch(self, train, validation, epochs, callbacks):
        progress = self.progress
        callbacks.on_epoch_begin(progress.epoch)
        self._train_epoch(train, epochs, callbacks)
        totals = {name: np.asarray(value) for name, value in progress.totals.items()}
        logs = _training_logs(totals, progress.seconds)
        logs["kl_weight"] = float(self.model.kl_weight)
        logs["learning_rate"] = float(self.optimizer.learning_rate)
        bounds = self.evaluate(validation)
        logs.update({f"val_{name}": value for name, value in bounds.as_dict().items()})
        if bounds.nll < progress.best_nll:
            progress.best_nll, progress.best_epoch = bounds.nll, progress.epoch
            self.folder.save_model(self.model)
        print(_epoch_line(progress.epoch, epochs, logs, progress), flush=True)
        callbacks.on_epoch_end(progress.epoch, logs)
        progress.history.append(logs)
        progress.epoch, progress.batch = progress.epoch + 1, 0
        progress.totals, progress.seconds = {}, 0.0
        self._save()

    def _train_epoch(self, train, epochs, callbacks):
        progress = self.progress
        dataset = train.dataset(epoch=progress.epoch, start=progress.batch)
        dataset = self.strategy.experimental_distribute_dataset(dataset)
        saved = started = time.monotonic()
        earlier = progress.seconds
        bar = tqdm.tqdm(
            dataset,
            desc=f"epoch {progress.epoch + 1}/{epochs}",
            total=len(train),
            initial=progress.batch,
            unit="batch",
            leave=False,
            mininterval=1.0,
            dynamic_ncols=True,
        )
        for inputs in bar:
            callbacks.on_train_batch_begin(progress.batch)
            sums = {name: float(x) for name, x in self._train_step(inputs).items()}
            self._check_finite(sums)
            for name, value in sums.items():
                progress.totals[name] = progress.totals.get(name, 0.0) + value
            progress.batch += 1
            now = time.monotonic()
            progress.seconds = earlier + now - started
            callbacks.on_train_batch_end(progress.batch - 1)
            words = progress.totals["words"]
            bar.set_postfix(
                {
                    "nll": f"{_nll(progress.totals) / progress.totals['examples']:.2f}",
                    "words/s": f"{words / progress.seconds:.0f}",
                },
                refresh=False,
            )
            if self._stop_signal is not None:
                bar.close()
                self._stop()
            if now - saved > self.save_seconds:
                self._save()
                saved = now

    @tf.function(reduce_retracing=True)
    def _train_step(self, inputs):
        variables = [variable.value for variable in self.model.trainable_variables]

        def replica_step(inputs):
            with tf.GradientTape() as tape:
                totals = self.model.totals(inputs, self.model(inputs, training=True))
                loss = self.model.objective(totals)
            gradients = tape.gradient(loss, variables)
            return [tf.convert_to_tensor(g) for g in gradients], totals

        gradients, totals = self.strategy.run(replica_step, args=(inputs,))
        gradients, totals = tf.nest.map_structure(self._sum, (gradients, totals))
        examples = tf.maximum(totals["examples"], 1.0)
        gradients = [gradient / examples for gradient in gradients]
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip_norm)
        self.optimizer.apply(gradients, self.model.trainable_variables)
        return {**totals, "norm": norm}

    @tf.function(reduce_retracing=True)
    def _evaluation_step(self, inputs):
        totals = self.strategy.run(
            lambda inputs: batch_totals(self.model, inputs), args=(inputs,)
        )
        return tf.nest.map_structure(self._sum, totals)

    def _sum(self, values):
        return self.strategy.reduce(tf.distribute.ReduceOp.SUM, values, axis=None)

    def evaluate(self, batches) -> Bounds:
        """Returns the bounds on a `Batches`, each example counted once."""
        totals = {}
        dataset = self.strategy.experimental_distribute_dataset(batches.dataset())
        for inputs in dataset:
            for name, value in self._evaluation_step(inputs).items():
                totals[name] = totals.get(name, 0.0) + value.numpy().astype("float64")
        return Bounds.from_totals(totals)

    def _check_finite(self, sums):
        if math.isfinite(_nll(sums)) and math.isfinite(sums["norm"]):
            return
        progress = self.progress
        kept = self.folder.model if progress.best_epoch >= 0 else "none yet"
        raise SystemExit(
            f"error: the loss is not finite in epoch {progress.epoch + 1}, batch "
            f"{progress.batch}; best model kept: {kept}; try a lower --learning_rate"
        )

    def _save(self):
        self.checkpoints.save(dataclasses.asdict(self.progress))

    def _stop(self):
        self._save()
        print(
            f"stopped by {self._stop_signal.name} after batch {self.progress.batch} of "
            f"epoch {self.progress.epoch + 1}; the same command goes on from there"
        )
        raise SystemExit(128 + self._stop_signal)


class _SignalsHeld:
    """Holds SIGINT and SIGTERM back until the step in hand is done."""

    def __init__(self, loop):
        self._loop = loop

    def __enter__(self):
        def note(number, _):
            self._loop._stop_signal = signal.Signals(number)

        self._before = {
            number: signal.signal(number, note)
            for number in (signal.SIGINT, signal.SIGTERM)
        }

    def __exit__(self, *_):
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _nll(totals):
    return totals["reconstruction"] + totals["kl"]


def _training_logs(totals, seconds):
    examples, words = totals["examples"], totals["words"]
    return {
        "nll": float(_nll(totals) / examples),
        "reconstruction": float(totals["reconstruction"] / examples),
        "kl": float(totals["kl"] / examples),
        "ppl": float(np.exp(min(_nll(totals) / words, 700.0))),
        "words_per_second": float(words / max(seconds, 1e-9)),
    }


def _epoch_line(epoch, epochs, logs, progress):
    marker = " *" if progress.best_epoch == epoch else ""
    return (
        f"epoch {epoch + 1}/{epochs}  {progress.seconds:.0f} s  "
        f"train: NLL {logs['nll']:.2f} KL {logs['kl']:.2f} PPL {logs['ppl']:.2f}  "
        f"validation: NLL {logs['val_nll']:.2f} KL {logs['val_kl']:.2f} "
        f"PPL {logs['val_ppl']:.2f} code gain {logs['val_code_gain']:.2f}{marker}"
    )
