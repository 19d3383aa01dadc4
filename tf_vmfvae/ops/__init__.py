"""Functions without weights of their own, for layers, generation and evaluation."""
