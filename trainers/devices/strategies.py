"""The tf.distribute strategies by name, and how their replicas share the work."""

import functools
import itertools
import os
from collections.abc import Callable, Iterator

import tensorflow as tf

from trainers.cli import interruptions
from trainers.cli.errors import UserError, reason
from trainers.devices.addresses import check_addresses
from trainers.devices.workers import Worker


# One for each process: the messages of a second one would be mistaken for the first's.
@functools.cache
def make_strategy(name: str) -> tf.distribute.Strategy:
    """Returns a strategy; `multi_worker` waits until all workers have started.

    Args:
        name: `"one_device"`; `"mirrored"`, which uses all GPUs, or all logical CPUs if
            there is no GPU; `"multi_worker"`, which reads TF_CONFIG and has to come
            before any other use of TensorFlow; `"tpu"`, which reads TPU_NAME; or
            `"auto"`: multi_worker if TF_CONFIG names several workers, else mirrored if
            there are several GPUs, else one_device.

    Raises:
        UserError: if there is no TPU, if TF_CONFIG is bad, or if a host in it cannot be
            resolved.
        RunFailed: if this worker's port is in use.
    """
    worker = Worker.of(name)
    if name == "multi_worker" or worker.count > 1:
        return _multi_worker_strategy(worker)
    if name == "tpu":
        return _tpu_strategy()
    gpus = tf.config.list_logical_devices("GPU")
    if name == "auto":
        name = "mirrored" if len(gpus) > 1 else "one_device"
    if name == "one_device":
        return tf.distribute.OneDeviceStrategy("GPU:0" if gpus else "CPU:0")
    devices = gpus or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


def _multi_worker_strategy(worker):
    if worker.count > 1:
        print(f"waiting until all {worker.count} workers have started")
    check_addresses(worker.addresses, worker.name)
    if worker.count == 1:
        # It also connects to itself, and would wait in silence at a wrong address.
        print(f"waiting until {worker.name} answers at {worker.addresses[worker.name]}")
    # TensorFlow waits for the other workers in native code.
    with interruptions.left_to_the_system():
        return tf.distribute.MultiWorkerMirroredStrategy()


def _tpu_strategy():
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(
            os.environ.get("TPU_NAME", "local")
        )
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
    # Each of these steps raises errors of its own if there is no TPU.
    except Exception as error:
        raise UserError(
            f"--strategy=tpu: no TPU can be reached ({reason(error)}); set TPU_NAME "
            "or choose another strategy"
        ) from error
    return tf.distribute.TPUStrategy(resolver)


def distribute(strategy: tf.distribute.Strategy, dataset: tf.data.Dataset) -> Iterator:
    """Returns an iterator that gives each replica an equal share of every batch.

    The rows are dealt out in order: the first replica gets the first rows. If they
    cannot be divided evenly, rows of zeros fill up the last shares, so that all shares
    have the same shape. The models of this library ignore such rows.

    Args:
        strategy: `tf.distribute.Strategy`.
        dataset: batches, tensors with a static number of rows or dictionaries of such
            tensors. The data set's length must be known.

    >>> one = tf.distribute.OneDeviceStrategy("CPU:0")
    >>> batches = tf.data.Dataset.from_tensors(tf.constant([[5, 2], [7, 2]]))
    >>> [batch.numpy().tolist() for batch in distribute(one, batches)]
    [[[5, 2], [7, 2]]]
    """

    def worker_dataset(context):
        replicas = context.num_replicas_in_sync
        if replicas == 1:
            # Batches from disk are not read ahead by themselves.
            return dataset.prefetch(1)
        here = replicas // context.num_input_pipelines
        first = here * context.input_pipeline_id

        def cut(part):
            return even_shares(part, replicas)[first : first + here]

        # If the data set ended, the workers would ask each other at every step whether
        # it had.
        shares = dataset.map(lambda batch: tf.nest.map_structure(cut, batch))
        return shares.unbatch().prefetch(here).repeat()

    shares = strategy.distribute_datasets_from_function(worker_dataset)
    return itertools.islice(shares, len(dataset))


def even_shares(batch: tf.Tensor, count: int) -> tf.Tensor:
    """Deals out the rows of a batch in order, filled up with rows of zeros.

    Args:
        batch: tensor [rows, ...] with a static number of rows.
        count: number of shares.

    Returns:
        Tensor [count, ceil(rows / count), ...].

    >>> even_shares(tf.constant([1, 2, 3]), 2).numpy().tolist()
    [[1, 2], [3, 0]]
    """
    size = -(-batch.shape[0] // count)
    missing = count * size - batch.shape[0]
    filled = tf.pad(batch, [[0, missing], *[[0, 0]] * (batch.shape.rank - 1)])
    rest = tf.unstack(tf.shape(filled)[1:])
    shares = tf.reshape(filled, [count, size, *rest])
    # The models need to know which dimensions are fixed.
    shares.set_shape([count, size, *batch.shape[1:]])
    return shares


def sum_over_replicas(strategy: tf.distribute.Strategy, function: Callable, inputs):
    """Returns the sum of what a function returns on each replica.

    Args:
        strategy: `tf.distribute.Strategy`.
        function: called with a replica's share; returns a nest of tensors, which are
            sent together.
        inputs: a distributed batch.
    """

    def replica_function(share):
        context = tf.distribute.get_replica_context()
        return context.all_reduce(tf.distribute.ReduceOp.SUM, function(share))

    sums = strategy.run(replica_function, args=(inputs,))
    return tf.nest.map_structure(
        lambda replicas: strategy.experimental_local_results(replicas)[0], sums
    )
