"""Training: the run, its epochs and its steps."""
