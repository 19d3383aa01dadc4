"""How a corpus is split for training, validation and testing."""
