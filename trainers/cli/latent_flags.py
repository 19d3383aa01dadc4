"""The flags of the latent, the same in every training program."""

from trainers.cli.defaults import GIVEN, Default, Derived
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import at_least_zero, integers, positive, require

# Flags of the latents whose KL training could optimise away.
RATE_FLOOR = ["free_bits", "minimum_rate"]
# --latent -> the layer of `tf_vmfvae.layers` and the flags that are its arguments.
LATENTS = {
    "vmf": (
        "VonMisesFisherLatent",
        ["latent_dim", "kappa", "training_kappa", "prior_components"],
    ),
    "vmf_learned": (
        "LearnedVonMisesFisherLatent",
        ["latent_dim", "kappa", "kappa_floor", *RATE_FLOOR],
    ),
    "vmf_product": (
        "SphereProductLatent",
        ["latent_dim", "spheres", "kappa", "prior_components", *RATE_FLOOR],
    ),
    "vmf_natural": (
        "NaturalSphereProductLatent",
        ["latent_dim", "spheres", "kappa", "prior_components", *RATE_FLOOR],
    ),
    "power_spherical": (
        "PowerSphericalLatent",
        ["latent_dim", "kappa", "training_kappa"],
    ),
    "spherical_cauchy": (
        "SphericalCauchyLatent",
        ["latent_dim", "kappa", "training_kappa"],
    ),
    "vmf_norm": (
        "VonMisesFisherNormLatent",
        ["latent_dim", "kappa", "training_kappa"],
    ),
    "gaussian": (
        "GaussianLatent",
        ["latent_dim", "batch_norm", "prior_components", *RATE_FLOOR],
    ),
    "projected_normal": (
        "ProjectedNormalLatent",
        ["latent_dim", "prior_components", *RATE_FLOOR],
    ),
    "none": ("NoLatent", []),
}
# The latents on several spheres.
PRODUCTS = [name for name, (_, arguments) in LATENTS.items() if "spheres" in arguments]
# The latents without mirror images of given codes.
WITHOUT_MIRROR = ["projected_normal"]
# Flags of earlier versions, with the value that every run has today.
FIXED = {"kappa_ceiling": 1000.0, "norm_range": 10.0, "norm_width": 0.1}

# A corpus's default --training_kappa was tuned for its default --kappa. If the user
# sets --kappa, it no longer applies.
OWN_KAPPA = Default({"training_kappa": Derived("same as --kappa")}, {"kappa": GIVEN})


def define(own: ProgramFlags) -> None:
    """Defines these flags; the program's table has the defaults that vary."""
    own.group("Latent")
    own.choice(
        "latent",
        "Distribution of the code; none: a model without a code.",
        LATENTS,
        default="vmf",
    )
    own.integer("latent_dim", "Dimensions of the code.", integers(1, 10_000))
    own.number(
        "kappa",
        "Concentration of the posterior on the sphere: the higher, the less noise. "
        "vmf_learned, vmf_product and vmf_natural start from it and learn their own; "
        "spherical_cauchy has the KL that vmf has at this kappa.",
        positive(),
    )
    own.number(
        "training_kappa",
        f"Concentration that training samples codes with. {_only('training_kappa')}",
        positive(),
    )
    own.number(
        "initial_kappa",
        "Concentration that training samples codes with at the start; it falls to "
        f"--training_kappa. {_only('training_kappa')}",
        positive(),
        default=Derived("no annealing"),
    )
    own.number(
        "kappa_floor",
        f"Lowest concentration. {_only('kappa_floor')}",
        at_least_zero(),
        default=1.0,
    )
    own.integer(
        "spheres",
        f"Spheres that share the dimensions of the code. {_only('spheres')}",
        integers(1, 5_000),
    )
    own.choice(
        "kappa_by",
        "What scales the concentrations: the encoder's features, or the example's "
        "length alone. With vmf_natural the evidence for a direction does so too. "
        f"{_only('spheres')}",
        ["features", "length"],
    )
    own.integer(
        "prior_components",
        "Components of a mixture prior that is trained with the model; 0: a fixed "
        "prior, uniform or standard normal. "
        f"{_only('prior_components')}",
        integers(0, 10_000),
        default=0,
    )
    own.number(
        "free_bits",
        f"Nats of KL per example that cost nothing in training. {_only('free_bits')}",
        at_least_zero(),
        default=0.0,
    )
    own.number(
        "batch_norm",
        "Standard deviation to which the posteriors' means are normalised over each "
        "batch in training, so that the KL cannot vanish (BN-VAE, Zhu et al. 2020); 0: "
        f"no normalisation. {_only('batch_norm')}",
        at_least_zero(100.0),
        default=0.0,
    )
    own.number(
        "minimum_rate",
        "Smallest average KL in nats per example, kept up in training by a Lagrange "
        "multiplier (Pelsmaeker and Aziz 2020); 0: none. "
        f"{_only('minimum_rate')}",
        at_least_zero(),
        default=0.0,
    )


def reads(settings: dict, name: str) -> bool:
    """Returns whether the latent has an argument of that name."""
    return name in LATENTS[settings["latent"]][1]


def anneals_kappa(settings: dict) -> bool:
    """Returns whether the concentration that codes are sampled with falls."""
    return bool(settings["initial_kappa"]) and reads(settings, "training_kappa")


def has_constant_kl(settings: dict) -> bool:
    """Returns whether the KL depends on no weight of the model.

    >>> has_constant_kl({"latent": "vmf", "prior_components": 0})
    True
    """
    if settings["latent"] == "vmf":
        return not settings["prior_components"]
    return settings["latent"] in (
        "power_spherical",
        "spherical_cauchy",
        "vmf_norm",
        "none",
    )


def check(settings: dict) -> None:
    """Checks the values of these flags against each other.

    Raises:
        UserError: if two contradict each other.
    """
    latent = settings["latent"]
    if latent not in ("gaussian", "none"):
        require(settings, "latent_dim", "at least 2", lambda x: x >= 2)
    if anneals_kappa(settings):
        least = settings["training_kappa"] or settings["kappa"]
        rule = f"no less than {least}, to which it falls"
        require(settings, "initial_kappa", rule, lambda x: x >= least)
    if reads(settings, "batch_norm") and settings["batch_norm"]:
        _check_batch_norm(settings)
    if (
        settings["free_bits"]
        and settings["minimum_rate"]
        and reads(settings, "free_bits")
    ):
        raise UserError(
            "--free_bits: --minimum_rate keeps the KL up too; leave one of them out"
        )
    if latent == "vmf_learned":
        low, high = settings["kappa_floor"], FIXED["kappa_ceiling"]
        rule = f"between --kappa_floor={low} and {high}"
        require(settings, "kappa", rule, lambda x: low < x < high)
    if latent in PRODUCTS:
        spheres = settings["spheres"]
        rule = f"a multiple of --spheres={spheres}, at least 2 each"
        require(
            settings,
            "latent_dim",
            rule,
            lambda x: x >= 2 * spheres and x % spheres == 0,
        )


def _check_batch_norm(settings):
    if settings["prior_components"]:
        raise UserError(
            "--batch_norm: keeps the KL to a standard normal prior up, not to that of "
            "--prior_components; leave one of them out"
        )
    if settings["accumulate_steps"] > 1:
        raise UserError(
            "--accumulate_steps: --batch_norm reads the whole batch at once; leave one "
            "of them out"
        )
    if settings["batch_size"] == 1:
        raise UserError(
            "--batch_size: --batch_norm needs several examples in a batch; give at "
            "least 2, or leave --batch_norm out"
        )


def without_effect(settings: dict) -> dict[str, str]:
    """Returns the flags that have no effect, each with the flag that is the reason."""
    names = {name for _, arguments in LATENTS.values() for name in arguments}
    unused = {name for name in names if not reads(settings, name)}
    if "training_kappa" in unused:
        unused.add("initial_kappa")
    if "spheres" in unused:
        unused.add("kappa_by")
    return dict.fromkeys(sorted(unused), "latent")


def _only(name):
    """Returns the sentence that names the latents that read a flag."""
    readers = [
        latent for latent, (_, arguments) in LATENTS.items() if name in arguments
    ]
    return f"Only for {', '.join(readers)}."
