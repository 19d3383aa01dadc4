"""The training loop that tf.distribute documents, for every VAE of the library."""

import dataclasses
import math
import time

import keras
import tensorflow as tf

from tf_vmfvae.evaluation import Bounds
from trainers.cli.errors import RunFailed, UserError
from trainers.cli.progress_bar import progress_bar
from trainers.devices.agreement import Agreement
from trainers.devices.strategies import distribute
from trainers.devices.workers import Worker
from trainers.storage.checkpoints import Checkpoints
from trainers.storage.run_folder import RunFolder
from trainers.training.averaged_weights import averaged_weights
from trainers.training.encoder_steps import EncoderSteps
from trainers.training.evaluation_step import evaluation_step
from trainers.training.nonfinite import name_examples
from trainers.training.progress import Progress
from trainers.training.step import TrainingStep
from trainers.training.stop_signals import StopSignals

# Figures from here on, of an epoch that diverged for a while, are printed in short.
LONG = 1e6


class TrainingLoop:
    """Trains a VAE under a strategy, and continues where an earlier run stopped.

    With several workers, each of them runs this loop. All of them read the checkpoints,
    but only the chief writes them.

    Args:
        model: `tf_vmfvae.models.VAE`, built in the strategy's scope.
        optimizer: `keras.optimizers.Optimizer`, made in the strategy's scope. If it
            keeps moving averages of the weights (`use_ema`), validation, callbacks and
            the best model have these averages. Steps of the encoder alone are judged by
            the weights themselves.
        strategy: `tf.distribute.Strategy`.
        folder: `RunFolder` for the best model and the checkpoints.
        clip_norm: float. Gradients are scaled down to this global norm.
        save_seconds: float. Time between checkpoints within an epoch.
        worker: `Worker`, this process's place among the workers; by default the only
            one.
        accumulate_steps: int. Parts in which every replica reads its share of a batch.
        plateau_factor: float > 1, or `None`. Divides the learning rate after each epoch
            without a better validation bound. The optimiser's learning rate must then
            be a number, not a schedule.
        encoder_steps: `EncoderSteps`, taken before each step of the whole model as long
            as they help; or `None`.
        pretrain_epochs: int. The first epochs, which are no VAE's yet: none of them is
            the best one, whatever its bound.

    Attributes:
        progress: `Progress`, how far the run has come.
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
        accumulate_steps: int = 1,
        plateau_factor: float | None = None,
        encoder_steps: EncoderSteps | None = None,
        pretrain_epochs: int = 0,
    ):
        self.model = model
        self.optimizer = optimizer
        self.strategy = strategy
        self.folder = folder
        self.save_seconds = save_seconds
        self.plateau_factor = plateau_factor
        self.encoder_steps = encoder_steps
        self.pretrain_epochs = pretrain_epochs
        with strategy.scope():
            optimizer.build(model.trainable_variables)
        self.agreement = Agreement(strategy, worker or Worker())
        self._step = TrainingStep(
            model,
            optimizer,
            strategy,
            clip_norm,
            accumulate_steps=accumulate_steps,
            notice=self.agreement.notice,
        )
        self._evaluation_step = evaluation_step(model, strategy)
        variables = [*model.variables, *optimizer.variables]
        if encoder_steps:
            variables += encoder_steps.optimizer.variables
        self.checkpoints = Checkpoints(folder.checkpoints, variables)
        self.progress = Progress()

    def resume(self) -> bool:
        """Continues from the newest checkpoint; returns whether there is one.

        Raises:
            UserError: if the checkpoint is of another model or of another version of
                this program, if another worker finds another one, or if there is a
                checkpoint but no best model, or vice versa.
        """
        # Once all workers are here, no chief of an earlier run is still writing.
        self.agreement.wait()
        notes = self.checkpoints.restore()
        if notes is not None:
            try:
                self.progress = Progress.from_notes(notes)
            except ValueError as error:
                raise UserError(
                    f"{self.folder.checkpoints}: was left by another version of this "
                    f"program ({error}); choose another --output_dir"
                ) from error
        progress = self.progress
        for number in (progress.epoch, progress.batch):
            if not self.agreement.all_equal(number):
                raise UserError(
                    f"{self.folder.checkpoints}: another worker finds a different "
                    "state there; --output_dir must be a folder that all workers share"
                )
        if progress.is_at_best:
            # The run may have been killed after this checkpoint, before it saved its
            # best model.
            self._save_model()
            self.agreement.wait()
        self._check_best_model(notes is not None)
        if notes is not None:
            print(f"continuing after {progress.where}")
        return notes is not None

    def fit(self, train, validation, epochs: int, patience: int, callbacks=()) -> None:
        """Trains until the last epoch, or until the bound stops improving.

        Args:
            train: `tf_vmfvae.data.Batches`.
            validation: `tf_vmfvae.data.Batches`.
            epochs: int. Number of epochs, those already done included.
            patience: int. Stops after this many epochs without a better bound.
            callbacks: Keras callbacks. They see epochs and training batches, and logs
                with the names that Keras's `fit` would use, and more.

        Raises:
            UserError: if the checkpoint is of an epoch with more batches than these.
            RunFailed: if a loss is not finite.
            SystemExit: if SIGINT or SIGTERM stopped it: 128 plus its number.
        """
        if self.progress.batch > len(train):
            raise UserError(
                f"{self.folder.checkpoints}: stopped after {self.progress.where}, but "
                f"an epoch has {len(train)} batches; restore the text that the run "
                "was started with, or choose another --output_dir"
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
            while self.progress.epoch < epochs and not self._stalled(patience):
                callbacks.on_epoch_begin(self.progress.epoch)
                self._train_epoch(train, epochs, callbacks, signals)
                self._end_epoch(validation, epochs, callbacks)
                self._stop_on(self.agreement.signal(signals.received))
            callbacks.on_train_end()

    def evaluate(self, batches) -> Bounds:
        """Returns the bounds of `Batches`; every example counts once."""
        dataset = distribute(self.strategy, batches.dataset())
        with progress_bar(dataset, "evaluation", len(batches)) as bar:
            return Bounds.from_totals(self._evaluation_step(inputs) for inputs in bar)

    def _train_epoch(self, train, epochs, callbacks, signals):
        progress = self.progress
        dataset = train.dataset(epoch=progress.epoch, start=progress.batch)
        dataset = distribute(self.strategy, dataset)
        title = f"epoch {progress.epoch + 1}/{epochs}"
        saved = last = time.monotonic()
        with progress_bar(dataset, title, len(train), progress.batch) as bar:
            for inputs in bar:
                callbacks.on_train_batch_begin(progress.batch)
                steps = self._step_encoder(train)
                self.agreement.announce(signals.received)
                results = self._step(inputs)
                notices = results.pop("notices", None)
                sums = {name: float(x) for name, x in results.items()}
                self._check_finite(
                    sums,
                    f"batch {progress.batch + 1}, ",
                    lambda: name_examples(
                        self.model, train, progress.epoch, progress.batch
                    ),
                )
                last, before = time.monotonic(), last
                progress.add_batch({**sums, **steps}, last - before)
                callbacks.on_train_batch_end(progress.batch - 1)
                _show(bar, progress)
                # After the last batch, `_end_epoch` comes first, which saves too.
                if progress.batch == len(train):
                    break
                self._stop_on(self.agreement.announced(notices, signals.received))
                if last - saved > self.save_seconds:
                    self._save()
                    saved = last

    def _step_encoder(self, train):
        """Takes the steps of the encoder alone; returns how many, by name."""
        if not (self.encoder_steps and self.progress.encoder_lags):
            return {}
        where = f"batch {self.progress.batch + 1}, in a step of the encoder alone"
        count = self.encoder_steps.take(
            self.progress,
            train,
            _number(self.optimizer.learning_rate),
            lambda sums: self._check_finite(sums, where),
        )
        return {"encoder_steps": count}

    def _judge_encoder(self, validation):
        """Stops the steps of the encoder alone once they no longer help."""
        progress = self.progress
        if not (self.encoder_steps and progress.encoder_lags):
            return {}
        information = self.encoder_steps.information(validation)
        # All workers have to go on in the same way.
        is_higher = min(
            self.agreement.gather(int(information > progress.best_information))
        )
        progress.encoder_lags = bool(is_higher)
        progress.best_information = max(information, progress.best_information)
        return {"val_mutual_information": information}

    def _stalled(self, patience):
        return self.progress.stalled(patience, self.pretrain_epochs)

    def _end_epoch(self, validation, epochs, callbacks):
        progress = self.progress
        logs = progress.training_logs()
        logs["kl_weight"] = _number(self.model.kl_weight)
        logs["learning_rate"] = _number(self.optimizer.learning_rate)
        logs.update({n: _number(x) for n, x in self.model.latent.logs().items()})
        with self._averaged_weights():
            bounds = self.evaluate(validation).as_dict()
        self._check_finite(bounds, "validation")
        logs.update({f"val_{name}": value for name, value in bounds.items()})
        logs.update(self._judge_encoder(validation))
        is_judged = progress.epoch >= self.pretrain_epochs
        is_best = is_judged and bounds["nll"] < progress.best_nll
        if is_best:
            progress.best_nll, progress.best_epoch = bounds["nll"], progress.epoch
        elif self.plateau_factor and is_judged:
            # A variable of the optimiser, so the checkpoint below has it.
            rate = self.optimizer.learning_rate
            rate.assign(_number(rate) / self.plateau_factor)
        print(_epoch_line(progress, epochs, logs) + (" *" if is_best else ""))
        with self._averaged_weights():
            callbacks.on_epoch_end(progress.epoch, logs)
        progress.end_epoch(logs)
        # The checkpoint first: the best model can be saved from it at any time, but a
        # best model without its checkpoint would be the end of the run.
        self._save()
        if is_best:
            self._save_model()

    def _check_best_model(self, restored):
        """Checks that the best model and the checkpoints are of the same run."""
        best, progress = self.folder.model, self.progress
        # Without a checkpoint the run starts over, and its first epoch would replace
        # this model.
        if best.exists() and not restored:
            raise UserError(
                f"{self.folder.checkpoints}: holds no checkpoint that can be read, and "
                f"starting over would replace {best}; choose another --output_dir, or "
                "delete that model"
            )
        if progress.best_epoch >= 0 and not best.exists():
            raise UserError(
                f"{best}: is missing, the best model, of epoch "
                f"{progress.best_epoch + 1}; restore it or choose another --output_dir"
            )

    def _check_finite(self, sums, where, examples=lambda: ""):
        names = [name for name, value in sums.items() if not math.isfinite(value)]
        if not names:
            return
        progress = self.progress
        kept = self.folder.model if progress.best_epoch >= 0 else "none yet"
        raise RunFailed(
            f"not finite in epoch {progress.epoch + 1}, {where}{examples()}: "
            f"{', '.join(names)}; best model kept: {kept}; try a lower --learning_rate "
            "in another --output_dir"
        )

    def _save(self):
        if self.agreement.worker.is_chief:
            self.folder.check_lock()
            self.checkpoints.save(dataclasses.asdict(self.progress))

    def _save_model(self):
        # With several workers, all of them assign a variable together.
        with self._averaged_weights():
            if self.agreement.worker.is_chief:
                self.folder.save_model(self.model)

    def _averaged_weights(self):
        return averaged_weights(self.optimizer, self.model.trainable_variables)

    def _stop_on(self, received):
        """Stops if this worker or another one has received a signal."""
        if received is None:
            return
        self._save()
        print(
            f"stopped by {received.name} after {self.progress.where}; run the same "
            "command to continue"
        )
        raise SystemExit(128 + received)


def _number(variable):
    """Returns the value of a scalar variable, which may be mirrored."""
    return float(tf.convert_to_tensor(variable))


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
        f"train: NLL {_figure(logs['nll'])} KL {_figure(logs['kl'])} "
        f"PPL {_figure(logs['ppl'])}  validation: NLL {_figure(logs['val_nll'])} "
        f"KL {_figure(logs['val_kl'])} PPL {_figure(logs['val_ppl'])} "
        f"code gain {_figure(logs['val_code_gain'])}"
    )


def _figure(value):
    """Returns a number with two decimals, or in short if it is LONG."""
    return f"{value:.2f}" if abs(value) < LONG else f"{value:.2e}"
