"""The flags of the latent, the same in every training program."""

from absl import flags

from trainers.cli.defaults import GIVEN, Default, Derived
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import at_least_zero, integers, positive, require

# --help lists these flags with the program.
flags.disclaim_key_flags()

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

# The flags below but --latent: arguments of the layers, and what moves one of these.
NAMES = list(
    dict.fromkeys(
        [name for _, reads in LATENTS.values() for name in reads]
        + ["initial_kappa", "kappa_epochs"]
    )
)

# The concentration in training that a table gives a corpus was found for its kappa,
# not for the user's own.
OWN_KAPPA = Default({"training_kappa": Derived("that of --kappa")}, {"kappa": GIVEN})


def define(own: ProgramFlags) -> None:
    """Defines these flags; the program's table has the defaults that vary."""
    own.choice("latent", "The latent; none: a model without a code.", LATENTS, "vmf")
    own.integer("latent_dim", "Dimensions of the code.", integers(1, 10_000))
    own.number(
        "kappa",
        "Concentration of a spherical posterior; vmf_learned: at first.",
        positive(),
    )
    own.number(
        "training_kappa",
        "vmf, power_spherical, vmf_norm: concentration of the codes drawn in training.",
        positive(),
    )
    own.number(
        "initial_kappa",
        "vmf, power_spherical, vmf_norm: concentration of the codes drawn at first, "
        "which falls to --training_kappa.",
        positive(),
        default=Derived("that of --training_kappa, throughout"),
    )
    own.number(
        "kappa_epochs",
        "Epochs over which --initial_kappa falls.",
        positive(),
        default=Derived("half of --epochs"),
    )
    own.integer(
        "prior_components",
        "vmf: components of a mixture that is the prior and learns beside the model; "
        "0: a uniform prior.",
        integers(0, 10_000),
        default=0,
    )
    own.number(
        "kappa_floor",
        "vmf_learned: the least concentration.",
        at_least_zero(),
        default=1.0,
    )
    own.number(
        "kappa_ceiling",
        "vmf_learned: the largest concentration.",
        positive(),
        default=1000.0,
    )
    own.integer(
        "spheres",
        "vmf_product, vmf_natural: among how many spheres the dimensions are shared.",
        integers(1, 5_000),
    )
    own.integer(
        "concentration_features",
        "vmf_product: on how many of the last hidden features the concentrations "
        "depend. vmf_natural: how many are for them alone.",
        integers(0, 16_384),
    )
    own.number(
        "norm_range", "vmf_norm: the largest norm of a code.", positive(), default=10.0
    )
    own.number(
        "norm_width",
        "vmf_norm: width of the interval of an example's norms.",
        positive(low=1e-4),
        default=0.1,
    )
    own.number(
        "free_bits",
        "gaussian: nats of KL an example that training lets go free.",
        at_least_zero(),
        default=0.0,
    )


def check(settings: dict) -> None:
    """Checks the values of these flags against each other.

    Raises:
        UserError: if two make no sense together.
    """
    if settings["latent"] not in ("gaussian", "none"):
        require(settings, "latent_dim", "at least 2", lambda x: x >= 2)
    if settings["initial_kappa"] and "training_kappa" in LATENTS[settings["latent"]][1]:
        least = settings["training_kappa"] or settings["kappa"]
        rule = f"no less than {least}, to which it falls"
        require(settings, "initial_kappa", rule, lambda x: x >= least)
    if settings["latent"] == "vmf_learned":
        low, high = settings["kappa_floor"], settings["kappa_ceiling"]
        rule = f"between --kappa_floor={low} and --kappa_ceiling={high}"
        require(settings, "kappa", rule, lambda x: low < x < high)
    if settings["latent"] in PRODUCTS:
        spheres = settings["spheres"]
        rule = f"a multiple of --spheres={spheres}, at least 2 each"
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
    read = set(arguments)
    # What moves one of these arguments, which no layer takes.
    if "training_kappa" in arguments:
        read |= {"initial_kappa", "kappa_epochs"}
    unused = {name: "latent" for name in NAMES if name not in read}
    if "initial_kappa" in read and settings["initial_kappa"] is None:
        unused["kappa_epochs"] = "initial_kappa"
    return unused
