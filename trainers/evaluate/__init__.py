"""`python -m trainers.evaluate`: evaluates a trained model."""
