"""`python -m trainers.export`: exports a model as a SavedModel."""
