"""How long runs take on this machine, from a few steps of each kind."""
