"""A training run, from a task's settings to its report."""

import contextlib

import keras
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae.models import VAE
from trainers.cli.errors import UserError, reading_corpus
from trainers.cli.training_flags import pretrain_epochs
from trainers.devices.agreement import Agreement, lost_workers_named
from trainers.devices.hardware import keep_memory, share_threads
from trainers.devices.strategies import make_strategy
from trainers.devices.workers import Worker
from trainers.storage import fingerprint
from trainers.storage.metrics_file import SPLITS
from trainers.storage.run_folder import RunFolder
from trainers.storage.trained_model import load_best_model, load_best_weights
from trainers.training.encoder_steps import EncoderSteps
from trainers.training.loop import TrainingLoop
from trainers.training.same_text import (
    check_older_run,
    check_text,
    check_workers,
    record_older_text,
)
from trainers.training.schedules import make_schedules
from trainers.training.task import Task


def run(task: Task, folder: RunFolder) -> None:
    """Trains a model or continues training, evaluates it once, and reports.

    A run that is already finished only reports.

    Args:
        task: the subject of the run.
        folder: the run's folder, which may be new.

    Raises:
        UserError: if the input is bad.
        RunFailed: if the run cannot continue.
    """
    keep_memory()
    share_threads()
    settings = task.settings
    keras.utils.set_random_seed(settings["seed"])
    keras.config.set_dtype_policy(settings["precision"])
    worker = Worker.of(settings["strategy"])
    with contextlib.closing(folder), lost_workers_named(worker):
        is_finished = folder.metrics(task.reported) is not None
        # Workers have to find each other before TensorFlow does anything else.
        strategy = None if is_finished else make_strategy(settings["strategy"])
        load_corpus(task)
        check_text(task, folder)
        print(f"run folder: {folder.path}")
        check_older_run(task, folder)
        if is_finished:
            model = load_best_model(folder)
        else:
            model = train(task, folder, strategy, worker)
        if worker.is_chief:
            task.print_report(folder.metrics(task.reported), model)
        if strategy:
            # To the chief, a worker that has left would look like one that is lost.
            Agreement(strategy, worker).wait()


def load_corpus(task: Task) -> None:
    """Gives the task its corpus.

    Raises:
        UserError: if it cannot be read.
        OSError: if the disk is full.
    """
    with reading_corpus():
        task.corpus = task.load_corpus()
    task.text.update(fingerprint.of_corpus(task.corpus))


def train(
    task: Task, folder: RunFolder, strategy: tf.distribute.Strategy, worker: Worker
) -> VAE:
    """Trains and evaluates; returns the best model."""
    settings = task.settings
    with strategy.scope():
        model = make_model(task)
    splits = task.make_splits(model)
    training = splits.get("augmented", splits["train"])
    # Whatever can be wrong with the input of a new run is found before it begins.
    is_new = not folder.has_begun
    if is_new:
        warm_start(task, model, strategy)
    task.print_corpus(model, splits)
    with strategy.scope():
        optimizer = task.make_optimizer(len(training) * settings["epochs"])
    check_text(task, folder)
    if worker.is_chief:
        folder.open(task.text, tf_vmfvae.__version__)
    loop = TrainingLoop(
        model,
        optimizer,
        strategy,
        folder,
        task.clip_norm,
        settings["save_seconds"],
        worker,
        settings["accumulate_steps"],
        task.plateau_factor,
        make_encoder_steps(task, model, strategy),
        pretrain_epochs(settings),
    )
    check_workers(loop.agreement, task, folder)
    if folder.metrics() is not None:
        # Another process has finished the run in the meantime.
        return load_best_model(folder)
    resumed = loop.resume()
    if not resumed and not is_new:
        # No checkpoint can be read, so the run starts over.
        warm_start(task, model, strategy)
        check_text(task, folder)
    if worker.is_chief:
        record_older_text(task, folder)
    callbacks = make_schedules(settings)
    if worker.is_chief:
        callbacks += task.make_panes(folder)
    loop.fit(
        training,
        splits["validation"],
        settings["epochs"],
        settings["patience"],
        callbacks,
    )
    load_best_weights(model, folder)
    metrics = evaluate(task, loop, splits)
    if worker.is_chief:
        for split, figures in task.further_bounds(model, splits).items():
            metrics[split].update(figures)
        metrics.update(task.write_results(folder, model))
        folder.write_metrics(metrics)
    return model


def make_model(task: Task) -> VAE:
    """Returns the task's model.

    Raises:
        UserError: if the flags do not describe a valid model of the corpus.
    """
    try:
        return task.make_model()
    except ValueError as error:
        raise UserError(str(error)) from error


def make_encoder_steps(
    task: Task, model: VAE, strategy: tf.distribute.Strategy
) -> EncoderSteps | None:
    """Returns the steps of the encoder alone that the flags ask for, if any."""
    most = task.settings["encoder_steps"]
    if not most:
        return None
    with strategy.scope():
        optimizer = task.make_optimizer(None)
    return EncoderSteps(
        model,
        optimizer,
        strategy,
        task.clip_norm,
        most,
        task.settings["accumulate_steps"],
    )


def warm_start(task: Task, model: VAE, strategy: tf.distribute.Strategy) -> None:
    """Sets the first weights, and notes in the task what was read for that."""
    with strategy.scope():
        task.text.update(task.warm_start(model))


def evaluate(task: Task, loop: TrainingLoop, splits: dict) -> dict:
    """Returns the content of metrics.json for a run whose model has its best weights.

    This is the only time that the test set is read: the epoch has been chosen. Of the
    training set it judges a random sample as large as the validation set.
    """
    train, size = splits["train"], splits["validation"].num_examples
    judged = {**splits, "train": train.sample(size, seed=task.settings["seed"])}
    found = {split: loop.evaluate(judged[split]).as_dict() for split in SPLITS}
    if found["train"]["examples"] < train.num_examples:
        found["train"]["sampled_from"] = train.num_examples
    return {
        **found,
        "best_epoch": loop.progress.best_epoch + 1,
        "history": loop.progress.history,
        "entropy": task.corpus.entropy,
    }
