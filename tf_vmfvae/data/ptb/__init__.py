"""The Penn Treebank's language modelling text, as a TFDS data set."""
