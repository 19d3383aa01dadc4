"""The flags of the latent, the same in every training program."""

import math

from absl import flags

from trainers.settings import require

# --latent -> the layer of `tf_vmfvae.layers` and the flags that are its arguments.
LATENTS = {
    "vmf": (
        "VonMisesFisherLatent",
        ["latent_dim", "kappa", "training_kappa", "prior_components"],
    ),
    "vmf_learned": (
        "LearnedVonMisesFisherLatent",
        ["latent_dim", "kappa", "kappa_floor", "kappa_ceiling"],
    ),
    "vmf_product": (
        "SphereProductLatent",
        ["latent_dim", "spheres", "kappa", "concentration_features"],
    ),
    "vmf_natural": (
        "NaturalSphereProductLatent",
        ["latent_dim", "spheres", "kappa", "concentration_features"],
    ),
    "power_spherical": (
        "PowerSphericalLatent",
        ["latent_dim", "kappa", "training_kappa"],
    ),
    "vmf_norm": (
        "VonMisesFisherNormLatent",
        ["latent_dim", "kappa", "training_kappa", "norm_range", "norm_width"],
    ),
    "gaussian": ("GaussianLatent", ["latent_dim", "free_bits"]),
    "none": ("NoLatent", []),
}

# Those on several spheres.
PRODUCTS = [name for name, (_, reads) in LATENTS.items() if "spheres" in reads]

FLAGS = [
    flags.DEFINE_enum(
        "latent", "vmf", list(LATENTS), "The latent; none: a model without a code."
    ),
    flags.DEFINE_integer("latent_dim", None, "Dimensions of the code."),
    flags.DEFINE_float(
        "kappa", None, "Concentration of a spherical posterior; vmf_learned: at first."
    ),
    flags.DEFINE_float(
        "training_kappa",
        None,
        "vmf, power_spherical, vmf_norm: concentration of the codes drawn in training; "
        "default: --kappa.",
    ),
    flags.DEFINE_float(
        "initial_kappa",
        None,
        "vmf, power_spherical, vmf_norm: concentration of the codes drawn at first, "
        "which falls to --training_kappa; default: no other than that.",
    ),
    flags.DEFINE_float(
        "kappa_epochs",
        None,
        "Epochs over which --initial_kappa falls; default: half of --epochs.",
    ),
    flags.DEFINE_integer(
        "prior_components",
        0,
        "vmf: components of a mixture that is the prior and learns beside the model; "
        "0: a uniform prior.",
        lower_bound=0,
    ),
    flags.DEFINE_float("kappa_floor", 1.0, "vmf_learned: the least concentration."),
    flags.DEFINE_float(
        "kappa_ceiling", 1000.0, "vmf_learned: the largest concentration."
    ),
    flags.DEFINE_integer(
        "spheres",
        None,
        "vmf_product, vmf_natural: among how many spheres the dimensions are shared.",
    ),
    flags.DEFINE_integer(
        "concentration_features",
        None,
        "vmf_product: on how many of the last hidden features the concentrations "
        "depend; default: on all. vmf_natural: how many are for them alone; default: "
        "none.",
        lower_bound=0,
    ),
    flags.DEFINE_float("norm_range", 10.0, "vmf_norm: the largest norm of a code."),
    flags.DEFINE_float(
        "norm_width", 0.1, "vmf_norm: width of the interval of an example's norms."
    ),
    flags.DEFINE_float(
        "free_bits", 0.0, "gaussian: nats of KL an example that training lets go free."
    ),
]


def check(settings: dict) -> None:
    """Checks the values of these flags.

    Raises:
        UserError: if one makes no sense.
    """
    least = 1 if settings["latent"] in ("gaussian", "none") else 2
    require(settings, "latent_dim", f"at least {least}", lambda x: x >= least)
    for name in ("kappa", "norm_range"):
        require(settings, name, "positive and finite", lambda x: 0 < x < math.inf)
    for name in ("training_kappa", "initial_kappa", "kappa_epochs"):
        if settings[name] is not None:
            require(settings, name, "positive and finite", lambda x: 0 < x < math.inf)
    for name in ("kappa_floor", "free_bits"):
        require(settings, name, "at least 0, finite", lambda x: 0 <= x < math.inf)
    if settings["initial_kappa"] and "training_kappa" in LATENTS[settings["latent"]][1]:
        least = settings["training_kappa"] or settings["kappa"]
        rule = f"no less than {least}, to which it falls"
        require(settings, "initial_kappa", rule, lambda x: x >= least)
    if settings["latent"] == "vmf_learned":
        low, high = settings["kappa_floor"], settings["kappa_ceiling"]
        rule = f"between --kappa_floor={low} and --kappa_ceiling={high}"
        require(settings, "kappa", rule, lambda x: low < x < high < math.inf)
    if settings["latent"] in PRODUCTS:
        spheres = settings["spheres"]
        rule = f"a multiple of --spheres={spheres}, at least 2 each"
        require(settings, "spheres", "at least 1", lambda x: x >= 1)
        require(
            settings,
            "latent_dim",
            rule,
            lambda x: x >= 2 * spheres and x % spheres == 0,
        )
    width = settings["norm_range"]
    rule = f"positive and below --norm_range={width}"
    require(settings, "norm_width", rule, lambda x: 0 < x < width)


def without_effect(settings: dict) -> dict[str, str]:
    """Returns the flags that nothing reads, each with the flag that makes it so."""
    _, arguments = LATENTS[settings["latent"]]
    read = {"latent", *arguments}
    # What moves one of these arguments, which no layer takes.
    if "training_kappa" in arguments:
        read |= {"initial_kappa", "kappa_epochs"}
    unused = {flag.name: "latent" for flag in FLAGS if flag.name not in read}
    if "initial_kappa" in read and settings["initial_kappa"] is None:
        unused["kappa_epochs"] = "initial_kappa"
    return unused
