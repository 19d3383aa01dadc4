"""Likelihoods: from what a decoder puts out to nats."""
