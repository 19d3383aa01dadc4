"""Readers of single files."""
