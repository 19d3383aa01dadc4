"""Command lines: flags, their defaults and ranges, and how a program ends."""
