"""Likelihoods: from a decoder's outputs to nats."""
