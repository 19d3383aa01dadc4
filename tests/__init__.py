"""The tests; `tests.reference` has the exact forms that they compare with."""
