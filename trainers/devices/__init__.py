"""Devices, and the workers that train together."""
