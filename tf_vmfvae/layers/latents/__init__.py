"""Latents: from hidden features to a code and its KL divergence."""
