"""The training loop that tf.distribute documents, for any VAE of the library."""

import dataclasses
import math
import time

import keras
import tensorflow as tf
import tqdm

from tf_vmfvae.evaluation import Bounds, batch_totals
from trainers.cli.errors import RunFailed, UserError
from trainers.devices.agreement import Agreement
from trainers.devices.strategies import share_out
from trainers.devices.workers import Worker
from trainers.storage.checkpoints import Checkpoints
from trainers.storage.run_folder import RunFolder
from trainers.training.nonfinite import name_examples
from trainers.training.progress import Progress
from trainers.training.step import TrainingStep, sum_over_shares
from trainers.training.stop_signals import StopSignals


class TrainingLoop:
    """Trains a VAE under a strategy, and goes on where it stopped.

    Under several workers, all of them go through the same loop: each reads the
    checkpoints, the chief alone writes them.

    Args:
        model: `tf_vmfvae.models.VAE`, built in the strategy's scope.
        optimizer: `keras.optimizers.Optimizer`, made in the strategy's scope.
        strategy: `tf.distribute.Strategy`.
        folder: `RunFolder` for the best model and the checkpoints.
        clip_norm: float. Gradients are scaled down to this global norm.
        save_seconds: float. Time between checkpoints within an epoch.
        worker: `Worker`, this process's place among those of a run; by default the
            only one.
        jit: str. What XLA compiles, see `TrainingStep`.

    Attributes:
        progress: `Progress`, where the run stands.
    """

    def __init__(
        self,
        model,
        optimizer: keras.optimizers.Optimizer,
        strategy: tf.distribute.Strategy,
        folder: RunFolder,
        clip_norm: float,
        save_seconds: float = 120.0,
        worker: Worker | None = None,
        jit: str = "auto",
    ):
        self.model = model
        self.optimizer = optimizer
        self.strategy = strategy
        self.folder = folder
        self.save_seconds = save_seconds
        with strategy.scope():
            optimizer.build(model.trainable_variables)
        self._step = TrainingStep(model, optimizer, strategy, clip_norm, jit)
        self.checkpoints = Checkpoints(
            folder.checkpoints, [*model.variables, *optimizer.variables]
        )
        self.progress = Progress()
        self.agreement = Agreement(strategy, worker or Worker())

    def restore(self) -> bool:
        """Goes back to the newest checkpoint; returns whether there was one.

        Raises:
            UserError: if it is of another model or of another version of this program,
                or if another worker has found another one.
        """
        # By now no chief of before still writes: this one has the folder.
        self.agreement.wait()
        notes = self.checkpoints.restore()
        if notes is not None:
            try:
                self.progress = Progress.from_notes(notes)
            except ValueError as error:
                raise UserError(
                    f"{self.folder.checkpoints}: was left by another version of this "
                    f"program ({error}); name another --output_dir"
                ) from error
        for place in (self.progress.epoch, self.progress.batch):
            if len(set(self.agreement.gather(place))) > 1:
                raise UserError(
                    f"{self.folder.checkpoints}: another worker finds another state "
                    "there; --output_dir must be a folder that all workers share"
                )
        if self.progress.is_at_best:
            # The run may have ended after this checkpoint and before its best model.
            self._save_model()
            self.agreement.wait()
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

        Raises:
            UserError: if the checkpoint is of longer epochs than these.
            RunFailed: if a loss is not finite.
            SystemExit: if SIGINT or SIGTERM stopped it: 128 plus its number.
        """
        if self.progress.batch > len(train):
            raise UserError(
                f"{self.folder.checkpoints}: stopped after {self.progress.where}, but "
                f"an epoch has {len(train)} batches; put back the text that the run "
                "was begun with, or name another --output_dir"
            )
        callbacks = keras.callbacks.CallbackList(
            list(callbacks),
            model=self.model,
            epochs=epochs,
            steps=len(train),
            verbose=0,
        )
        with StopSignals() as signals:
            callbacks.on_train_begin()
            while self.progress.epoch < epochs and not self.progress.stalled(patience):
                callbacks.on_epoch_begin(self.progress.epoch)
                self._train_epoch(train, epochs, callbacks, signals)
                self._end_epoch(validation, epochs, callbacks)
                self._stop_if(signals)
            callbacks.on_train_end()

    def evaluate(self, batches) -> Bounds:
        """Returns the bounds on a `Batches`, each example counted once."""
        dataset = share_out(self.strategy, batches.dataset())
        with _bar(dataset, "evaluation", len(batches)) as bar:
            return Bounds.from_totals(self._evaluation_step(inputs) for inputs in bar)

    def _train_epoch(self, train, epochs, callbacks, signals):
        progress = self.progress
        dataset = train.dataset(epoch=progress.epoch, start=progress.batch)
        dataset = share_out(self.strategy, dataset)
        title = f"epoch {progress.epoch + 1}/{epochs}"
        saved = last = time.monotonic()
        with _bar(dataset, title, len(train), progress.batch) as bar:
            for inputs in bar:
                callbacks.on_train_batch_begin(progress.batch)
                sums = {name: float(x) for name, x in self._step(inputs).items()}
                self._check_finite(
                    sums,
                    f"batch {progress.batch + 1}, ",
                    lambda: name_examples(
                        self.model, train, progress.epoch, progress.batch
                    ),
                )
                last, before = time.monotonic(), last
                progress.add_batch(sums, last - before)
                callbacks.on_train_batch_end(progress.batch - 1)
                _show(bar, progress)
                # After the last one the epoch's end comes first, which saves too.
                if progress.batch == len(train):
                    break
                self._stop_if(signals)
                if last - saved > self.save_seconds:
                    self._save()
                    saved = last

    def _end_epoch(self, validation, epochs, callbacks):
        progress = self.progress
        logs = progress.training_logs()
        logs["kl_weight"] = _number(self.model.kl_weight)
        logs["learning_rate"] = _number(self.optimizer.learning_rate)
        bounds = self.evaluate(validation).as_dict()
        self._check_finite(bounds, "validation")
        logs.update({f"val_{name}": value for name, value in bounds.items()})
        is_best = bounds["nll"] < progress.best_nll
        if is_best:
            progress.best_nll, progress.best_epoch = bounds["nll"], progress.epoch
        print(_epoch_line(progress, epochs, logs) + (" *" if is_best else ""))
        callbacks.on_epoch_end(progress.epoch, logs)
        progress.end_epoch(logs)
        # The checkpoint first: with it the model that it calls the best can be saved
        # at any time, but with that model nothing could be gone on from.
        self._save()
        if is_best:
            self._save_model()

    @tf.function(reduce_retracing=True)
    def _evaluation_step(self, inputs):
        return sum_over_shares(
            self.strategy, lambda share: batch_totals(self.model, share), inputs
        )

    def _check_finite(self, sums, where, named=lambda: ""):
        names = [name for name, value in sums.items() if not math.isfinite(value)]
        if not names:
            return
        progress = self.progress
        kept = self.folder.model if progress.best_epoch >= 0 else "none yet"
        raise RunFailed(
            f"not finite in epoch {progress.epoch + 1}, {where}{named()}: "
            f"{', '.join(names)}; best model kept: {kept}; try a lower --learning_rate "
            "in another --output_dir"
        )

    def _save(self):
        if self.agreement.worker.is_chief:
            self.folder.check_lock()
            self.checkpoints.save(dataclasses.asdict(self.progress))

    def _save_model(self):
        if self.agreement.worker.is_chief:
            self.folder.save_model(self.model)

    def _stop_if(self, signals):
        """Stops if this worker or another one has received a signal."""
        received = self.agreement.signal(signals.received)
        if received is None:
            return
        self._save()
        print(
            f"stopped by {received.name} after {self.progress.where}; the same "
            "command goes on from there"
        )
        raise SystemExit(128 + received)


def _number(variable):
    """The value of a scalar variable, which a strategy may have mirrored."""
    return float(tf.convert_to_tensor(variable))


def _bar(dataset, title, total, initial=0):
    """Goes through a data set, with a progress bar where stderr is a terminal."""
    return tqdm.tqdm(
        dataset,
        desc=title,
        total=total,
        initial=initial,
        unit="batch",
        leave=False,
        mininterval=1.0,
        dynamic_ncols=True,
        disable=None,
    )


def _show(bar, progress):
    if not bar.disable:
        logs = progress.training_logs()
        bar.set_postfix_str(
            f"nll={logs['nll']:.2f}, {logs['words_per_second']:.0f} words/s",
            refresh=False,
        )


def _epoch_line(progress, epochs, logs):
    return (
        f"epoch {progress.epoch + 1}/{epochs}  {progress.seconds:.0f} s  "
        f"train: NLL {logs['nll']:.2f} KL {logs['kl']:.2f} PPL {logs['ppl']:.2f}  "
        f"validation: NLL {logs['val_nll']:.2f} KL {logs['val_kl']:.2f} "
        f"PPL {logs['val_ppl']:.2f} code gain {logs['val_code_gain']:.2f}"
    )
