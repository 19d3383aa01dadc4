"""From text to ids, and from ids to counts."""
