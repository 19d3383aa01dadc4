"""Measures training on a text that is larger than memory."""
