"""20 Newsgroups as bags of words, a TFDS data set."""
