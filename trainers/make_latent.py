"""Latent layers by name."""

from tf_vmfvae import layers


def make_latent(settings: dict) -> layers.Latent:
    """Returns the latent layer that the flags name."""
    # Not the model's seed: the noise is its own.
    seed = settings["seed"] + 1000
    makers = {
        "vmf": lambda: layers.VonMisesFisherLatent(
            settings["latent_dim"], settings["kappa"], seed=seed
        ),
        "gaussian": lambda: layers.GaussianLatent(settings["latent_dim"], seed=seed),
        "none": lambda: layers.NoLatent(seed=seed),
    }
    return makers[settings["latent"]]()
