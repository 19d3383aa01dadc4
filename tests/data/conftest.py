"""Fixtures for texts that are encoded."""

import pytest

from tf_vmfvae.data.files import encoding_cache


@pytest.fixture
def count_encodings(monkeypatch):
    """A list that gets an entry each time that sentences or documents are encoded."""
    entries, encode = [], encoding_cache._encode

    def counted(*arguments):
        entries.append(arguments)
        encode(*arguments)

    monkeypatch.setattr(encoding_cache, "_encode", counted)
    return entries
