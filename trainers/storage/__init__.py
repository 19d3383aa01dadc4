"""Run folders and trained models on disk."""
