"""Functions on tensors, without weights of their own: what the layers are made of."""
