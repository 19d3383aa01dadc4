"""How a corpus is split into parts for training, validation and test."""
