"""A data set of texts becomes the bags of words that a list of them becomes."""

import numpy as np
import tensorflow as tf

from tf_vmfvae.data.documents.bag_of_words import count_words
from tf_vmfvae.models import DocumentPreprocessor

VOCABULARY = ["rain", "café", "c++", "ball"]
TEXTS = ["Rain, cafe\u0301 & RAIN", "nothing", "ball in C++; C++!", "", "no ball"]


def test_batches_have_the_pairs_of_the_documents_in_the_order_of_their_ids():
    data = tf.data.Dataset.from_tensor_slices(TEXTS).batch(3)
    data = data.map(DocumentPreprocessor(VOCABULARY))
    expected = count_words(TEXTS, VOCABULARY).padded(3)

    for batch, pairs in zip(data, expected, strict=True):
        np.testing.assert_array_equal(batch, pairs)


def test_a_known_batch_size_is_kept_and_the_graph_calls_no_python():
    data = tf.data.Dataset.from_tensor_slices(TEXTS).batch(5, drop_remainder=True)
    signature = data.element_spec
    graph = tf.function(DocumentPreprocessor(VOCABULARY), input_signature=[signature])
    concrete = graph.get_concrete_function()
    functions = concrete.graph.as_graph_def().library.function
    operations = {node.op for each in functions for node in each.node_def}
    operations |= {operation.type for operation in concrete.graph.get_operations()}

    assert concrete.output_shapes.as_list() == [5, None, 2]
    assert not [name for name in operations if "PyFunc" in name]
    assert graph(tf.constant([""] * 5)).shape == (5, 0, 2)
