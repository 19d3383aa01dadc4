"""Finds operations that draw from TensorFlow's own random state."""

import tensorflow as tf

STATEFUL = {
    "Multinomial",
    "ParameterizedTruncatedNormal",
    "RandomGamma",
    "RandomPoissonV2",
    "RandomShuffle",
    "RandomStandardNormal",
    "RandomUniform",
    "RandomUniformInt",
    "RngReadAndSkip",
    "TruncatedNormal",
}


def draws_with_state(graph: tf.Graph) -> bool:
    """Returns whether a graph draws from a state that a seed cannot control.

    >>> draws = tf.function(lambda: tf.random.uniform([2]))
    >>> draws_with_state(draws.get_concrete_function().graph)
    True
    """
    definition = graph.as_graph_def()
    bodies = [function.node_def for function in definition.library.function]
    return any(
        node.op in STATEFUL for nodes in (definition.node, *bodies) for node in nodes
    )
