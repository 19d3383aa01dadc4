"""Fixtures for texts that are encoded."""

import pytest

from tf_vmfvae.data.sentences import text_cache


@pytest.fixture
def count_encodings(monkeypatch):
    """A list that gets an entry each time that a text is encoded."""
    entries, encode = [], text_cache.encode

    def counted(*arguments):
        entries.append(arguments)
        encode(*arguments)

    monkeypatch.setattr(text_cache, "encode", counted)
    return entries
