"""Slow, exact forms of what the library computes fast."""
