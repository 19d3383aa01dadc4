"""The tf.distribute strategies by name, and what each replica gets of a batch."""

import functools
import itertools
import os
from collections.abc import Iterator

import tensorflow as tf

from trainers.cli import interruptions
from trainers.cli.errors import UserError
from trainers.devices.workers import Worker


# One a process: a second one's messages would be taken for those of the first.
@functools.cache
def make_strategy(name: str) -> tf.distribute.Strategy:
    """Returns a strategy; `multi_worker` waits until all workers are there.

    Args:
        name: `"one_device"`; `"mirrored"`, all GPUs or else all logical CPU
            devices; `"multi_worker"`, by TF_CONFIG, before anything else is done
            with TensorFlow; `"tpu"`, by TPU_NAME; or `"auto"`: multi_worker where
            TF_CONFIG names several workers, else mirrored if there are several
            GPUs, else one_device.

    Raises:
        UserError: if there is no TPU, if TF_CONFIG makes no sense, or a host in it
            cannot be resolved.
        RunFailed: if this worker's port is in use.
    """
    if name == "multi_worker" or (name == "auto" and Worker.of(name).count > 1):
        Worker.of(name).check_addresses()
        # It waits for the other workers.
        with interruptions.left_to_the_system():
            return tf.distribute.MultiWorkerMirroredStrategy()
    if name == "tpu":
        return _tpu_strategy()
    gpus = tf.config.list_logical_devices("GPU")
    if name == "auto":
        name = "mirrored" if len(gpus) > 1 else "one_device"
    if name == "one_device":
        return tf.distribute.OneDeviceStrategy("GPU:0" if gpus else "CPU:0")
    devices = gpus or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


def _tpu_strategy():
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(
            os.environ.get("TPU_NAME", "local")
        )
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
    # Each of these steps has errors of its own for a TPU that is not there.
    except Exception as error:
        reason = str(error).strip() or type(error).__name__
        raise UserError(
            f"--strategy=tpu: no TPU can be reached ({reason.splitlines()[0]}); set "
            "TPU_NAME, or choose another strategy"
        ) from error
    return tf.distribute.TPUStrategy(resolver)


def share_out(strategy: tf.distribute.Strategy, dataset: tf.data.Dataset) -> Iterator:
    """Gives each replica of a strategy an equal share of every batch.

    The rows of a batch go out in order: the first replica has the first rows. Where
    they do not divide, empty rows fill up the last shares, so that every replica's
    shape is the same; to the models of this library an empty row is no example.

    Args:
        strategy: `tf.distribute.Strategy`.
        dataset: batches, tensors with a fixed number of rows, that know how many they
            are.

    >>> one = tf.distribute.OneDeviceStrategy("CPU:0")
    >>> batches = tf.data.Dataset.from_tensors(tf.constant([[5, 2], [7, 2]]))
    >>> [batch.numpy().tolist() for batch in share_out(one, batches)]
    [[[5, 2], [7, 2]]]
    """

    def of_worker(context):
        replicas = context.num_replicas_in_sync
        if replicas == 1:
            return dataset
        here = replicas // context.num_input_pipelines
        first = here * context.input_pipeline_id

        def cut(batch):
            size = -(-batch.shape[0] // replicas)
            missing = replicas * size - batch.shape[0]
            filled = tf.pad(batch, [[0, missing], *[[0, 0]] * (batch.shape.rank - 1)])
            rest = tf.unstack(tf.shape(filled)[1:])
            shares = tf.reshape(filled, [replicas, size, *rest])
            # What does not vary stays known, as models ask for it.
            shares.set_shape([replicas, size, *batch.shape[1:]])
            return shares[first : first + here]

        # Of a data set with an end, workers ask each other at every step whether it
        # has come.
        return dataset.map(cut).unbatch().prefetch(here).repeat()

    shares = strategy.distribute_datasets_from_function(of_worker)
    return itertools.islice(shares, len(dataset))
