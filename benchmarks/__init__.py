"""What is accurate and what is fast, measured against the peers."""
