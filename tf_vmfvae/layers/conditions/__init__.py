"""Conditions: what a decoder reads in addition to the code."""
