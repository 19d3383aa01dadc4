"""The tests; `tests.reference` holds what they and the benchmarks compare with."""
