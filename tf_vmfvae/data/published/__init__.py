"""Published corpora, with a TFDS builder for each."""
