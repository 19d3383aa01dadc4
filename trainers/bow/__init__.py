"""`python -m trainers.bow`: trains a document model."""
