"""`python -m trainers.lm`: trains a language model."""
