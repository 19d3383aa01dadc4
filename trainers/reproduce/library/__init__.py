"""What this program itself computes with the library, in its own process."""
