"""Measures a few steps of a training run, without its run folder."""

import itertools
import math
import tempfile
import time
from pathlib import Path

from absl import flags as absl_flags

from trainers.bow.task import BowTask
from trainers.devices.hardware import keep_memory, share_threads
from trainers.devices.strategies import distribute, make_strategy
from trainers.lm.task import LMTask
from trainers.reproduce.estimates.measurement import Measurement
from trainers.reproduce.runs.training_run import PROGRAMS, TrainingRun
from trainers.training.evaluation_step import evaluation_step
from trainers.training.run import load_corpus, make_model
from trainers.training.step import TrainingStep

TASKS = {"lm": LMTask, "bow": BowTask}
# Steps that compile, and steps that are measured.
COMPILED, MEASURED = 3, 5
# Seconds that the import of the library takes, which this process has behind it.
IMPORT = 5.0


def measure(run: TrainingRun, data_dir: str | None) -> Measurement:
    """Builds the model of a run and takes a few steps.

    A run that reads generated documents is measured on few of them.

    Args:
        run: the run.
        data_dir: where the corpora are.

    Raises:
        UserError: if its corpus cannot be read.
    """
    keep_memory()
    share_threads()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        run, ratio = run.on_a_sample()
        runs = Path(folder, "runs")
        for each in run.inputs.values():
            each.path(runs).parent.mkdir(exist_ok=True)
            each.write(each.path(runs), data_dir)
        own = PROGRAMS[run.program].define_flags(absl_flags.FlagValues())
        own.parse(run.arguments(runs, data_dir))
        task = TASKS[run.program](own.read_settings()[0])
        load_corpus(task)
    strategy = make_strategy(task.settings["strategy"])
    with strategy.scope():
        model = make_model(task)
        optimizer = task.make_optimizer(steps=1000)
        optimizer.build(model.trainable_variables)
    splits = task.make_splits(model)
    train, validation = splits["train"], splits["validation"]
    step = TrainingStep(model, optimizer, strategy, task.clip_norm)

    evaluate = evaluation_step(model, strategy)
    seconds = [
        _seconds_of(function, strategy, batches)
        for function, batches in ((step, train), (evaluate, validation))
    ]
    return Measurement(
        start=IMPORT + time.monotonic() - start,
        step=seconds[0],
        training_steps=math.ceil(len(train) * ratio),
        evaluation_step=seconds[1],
        evaluation_steps=math.ceil(len(validation) * ratio),
    )


def _seconds_of(function, strategy, batches):
    """Returns the mean time of a call, without the first ones."""
    # Batches of a split may go from the shortest sentences to the longest, those of a
    # sample have its share of each length.
    some = batches.sample(MEASURED * batches.batch_size)
    inputs = list(distribute(strategy, some.dataset()))
    for each in itertools.islice(itertools.cycle(inputs), COMPILED):
        _finish(function(each))
    start = time.monotonic()
    for each in inputs:
        _finish(function(each))
    return (time.monotonic() - start) / len(inputs)


def _finish(totals):
    """Waits until a step is done."""
    for value in totals.values():
        value.numpy()
