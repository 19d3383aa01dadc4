"""Training: a run, its epochs and its steps."""
