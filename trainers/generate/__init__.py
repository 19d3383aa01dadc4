"""`python -m trainers.generate`: generates with a trained model."""
