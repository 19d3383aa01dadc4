"""A training run, from a task's settings to its report."""

import contextlib

import keras
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae.models import VAE
from trainers.cli.errors import UserError
from trainers.devices.agreement import Agreement, lost_workers_named
from trainers.devices.hardware import keep_memory, share_threads
from trainers.devices.strategies import make_strategy
from trainers.devices.workers import Worker
from trainers.storage import fingerprint
from trainers.storage.best_model import load_best_weights, load_model
from trainers.storage.metrics_file import SPLITS
from trainers.storage.run_folder import RunFolder
from trainers.training.loop import TrainingLoop
from trainers.training.same_text import (
    check_counts,
    check_vocabulary,
    check_workers,
    note_of_older,
)
from trainers.training.task import Task


def run(task: Task, folder: RunFolder) -> None:
    """Trains (or goes on), evaluates once on the test set, reports.

    Args:
        task: what the run is about.
        folder: where the run lies, or will lie.

    Raises:
        UserError: if the input is bad.
        RunFailed: if the run cannot go on.
    """
    keep_memory()
    share_threads()
    settings = task.settings
    worker = Worker.of(settings["strategy"])
    keras.utils.set_random_seed(settings["seed"])
    keras.config.set_dtype_policy(settings["precision"])
    with contextlib.closing(folder), lost_workers_named(worker):
        metrics = folder.metrics(task.reported)
        if metrics is None and worker.count > 1:
            print(f"waiting until all {worker.count} workers are there")
        # Workers have to find each other before TensorFlow does anything else.
        strategy = None if metrics else make_strategy(settings["strategy"])
        try:
            task.corpus = task.load_corpus()
        except (ValueError, OSError) as error:
            raise UserError(str(error)) from error
        task.text.update(fingerprint.of_corpus(task.corpus))
        folder.check_text(task.text, task.source)
        print(f"run folder: {folder.path}")
        model = None
        if metrics is None:
            model, metrics = train(task, folder, strategy, worker)
        if model is None:
            model = load_model(folder)
            if not folder.knows_its_text:
                check_vocabulary(task, folder, model)
                check_counts(task, folder, metrics)
                print(note_of_older(folder, "as far as can be told it is this one"))
        if worker.is_chief:
            task.print_report(metrics, model)
        if strategy:
            # To the chief, a worker that has left would be one that is lost.
            Agreement(strategy, worker).wait()


def train(
    task: Task, folder: RunFolder, strategy: tf.distribute.Strategy, worker: Worker
) -> tuple:
    """Trains (or goes on), evaluates; returns the best model and the metrics.

    The model is `None` if another process has finished the run meanwhile.
    """
    settings = task.settings
    with strategy.scope():
        model = make_model(task)
    splits = task.make_splits(model)
    # All that can be wrong with what a new run begins with is so before it begins.
    is_new = not folder.has_begun
    if is_new:
        with strategy.scope():
            task.text.update(task.warm_start(model))
    task.print_corpus(model, splits)
    learned_from = splits.get("augmented", splits["train"])
    with strategy.scope():
        optimizer = make_optimizer(settings, len(learned_from) * settings["epochs"])
    if worker.is_chief:
        begin(task, folder)
    loop = TrainingLoop(
        model,
        optimizer,
        strategy,
        folder,
        task.clip_norm,
        settings["save_seconds"],
        worker,
    )
    check_workers(loop.agreement, [folder.flags, task.text])
    metrics = folder.metrics(task.reported)
    if metrics is not None:
        return None, metrics
    if not go_on(loop, folder) and not is_new:
        # Its checkpoints cannot be read, and so it starts over.
        with strategy.scope():
            folder.check_text(task.warm_start(model), task.source_of("pretrained"))
    if worker.is_chief and not folder.knows_its_text:
        # Not before its checkpoint has been seen to fit.
        print(note_of_older(folder, f"from now on it is that of {task.source}"))
        folder.note_text(task.text)
    loop.fit(
        learned_from,
        splits["validation"],
        settings["epochs"],
        settings["patience"],
        [
            callback
            for callback in task.make_callbacks(folder)
            # What shows the run writes files.
            if worker.is_chief or not hasattr(callback, "log_dir")
        ],
    )
    load_best_weights(model, folder)
    # The one time that the test set is read: the epoch is chosen.
    metrics = {name: loop.evaluate(splits[name]).as_dict() for name in SPLITS}
    metrics["best_epoch"] = loop.progress.best_epoch + 1
    metrics["history"] = loop.progress.history
    metrics["entropy"] = task.corpus.entropy
    if worker.is_chief:
        for name, further in task.further_bounds(model, splits).items():
            metrics[name].update(further)
        folder.write_metrics(metrics)
    return model, metrics


def make_model(task: Task) -> VAE:
    """Returns the task's model.

    Raises:
        UserError: if the flags make none.
    """
    try:
        return task.make_model()
    except ValueError as error:
        raise UserError(str(error)) from error


def begin(task: Task, folder: RunFolder) -> None:
    """Opens the folder, for this process alone, if its run has read the same."""
    for name, part in task.text.items():
        folder.check_text({name: part}, task.source_of(name))
    if not folder.knows_its_text and folder.model.exists():
        check_vocabulary(task, folder, load_model(folder))
    folder.open(task.text, tf_vmfvae.__version__)


def go_on(loop: TrainingLoop, folder: RunFolder) -> bool:
    """Restores what a stopped run has saved; returns whether it has saved anything.

    Raises:
        UserError: if there is a best model but no whole checkpoint to go on from, or
            the other way round.
    """
    restored = loop.restore()
    has_model = folder.model.exists()
    # Without a checkpoint a run starts over, which costs time alone, unless it has a
    # best model: the first epoch's would replace it.
    if has_model and not restored:
        raise UserError(
            f"{folder.checkpoints}: holds no whole checkpoint, and starting over would "
            f"replace {folder.model}; name another --output_dir, or delete that model"
        )
    progress = loop.progress
    if progress.best_epoch >= 0 and not has_model:
        raise UserError(
            f"{folder.model}: is missing, the best model of epoch "
            f"{progress.best_epoch + 1}; put it back or name another --output_dir"
        )
    if restored:
        print(f"goes on after {progress.where}")
    return restored


def make_optimizer(settings: dict, steps: int) -> keras.optimizers.Optimizer:
    """Returns Adam with a learning rate that falls linearly over `steps`."""
    schedule = keras.optimizers.schedules.PolynomialDecay(
        settings["learning_rate"],
        decay_steps=steps,
        end_learning_rate=settings["learning_rate"] / 50,
    )
    return keras.optimizers.Adam(schedule)
