"""Compares topic models: python -m benchmarks.topics."""
