"""Programs: flags in, a run folder out."""
