"""Corpora of documents."""
