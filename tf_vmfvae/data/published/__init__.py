"""Published corpora, a TFDS builder each."""
