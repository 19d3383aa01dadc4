"""Training a model: the run, the loop, a step."""
