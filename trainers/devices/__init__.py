"""Strategies, and the workers that train together."""
