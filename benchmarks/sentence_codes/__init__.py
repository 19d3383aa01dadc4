"""Compares the codes of language models: python -m benchmarks.sentence_codes."""
