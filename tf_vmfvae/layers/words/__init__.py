"""From words to ids and counts."""
