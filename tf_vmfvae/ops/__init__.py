"""Functions on tensors and arrays, without weights: what layers are made of."""
