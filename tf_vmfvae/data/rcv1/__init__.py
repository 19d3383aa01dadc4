"""Reuters RCV1-v2 as bags of words, a TFDS data set."""
