"""The runs that experiments consist of: their flags at each scale, and their state."""
