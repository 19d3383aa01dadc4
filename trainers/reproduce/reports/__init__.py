"""What an experiment writes: tables and figures."""
