"""What the TFDS builders share: base classes, and how a data set is prepared."""
