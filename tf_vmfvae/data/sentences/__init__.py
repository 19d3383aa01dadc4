"""Corpora of sentences."""
