"""A latent says what it can do."""

import pytest

from tf_vmfvae import layers

FIXED = {
    "vmf": lambda: layers.VonMisesFisherLatent(4, kappa=9.0),
    "power_spherical": lambda: layers.PowerSphericalLatent(4, kappa=9.0),
    "spherical_cauchy": lambda: layers.SphericalCauchyLatent(4, kappa=9.0),
    "vmf_norm": lambda: layers.VonMisesFisherNormLatent(4, kappa=9.0),
}
OTHERS = {
    "vmf_learned": lambda: layers.LearnedVonMisesFisherLatent(4, kappa=9.0),
    "product": lambda: layers.SphereProductLatent(4, 2),
    "natural": lambda: layers.NaturalSphereProductLatent(4, 2),
    "gaussian": lambda: layers.GaussianLatent(4),
    "projected_normal": lambda: layers.ProjectedNormalLatent(4),
    "none": layers.NoLatent,
}


@pytest.mark.parametrize("name", [*FIXED, *OTHERS])
def test_only_a_latent_without_dimensions_is_empty(name):
    assert {**FIXED, **OTHERS}[name]().is_empty == (name == "none")


@pytest.mark.parametrize("name", [*FIXED, *OTHERS])
def test_only_a_fixed_concentration_can_be_changed_for_sampling(name):
    latent = {**FIXED, **OTHERS}[name]()
    assert latent.has_sampling_concentration == (name in FIXED)
    if name in OTHERS:
        with pytest.raises(NotImplementedError, match="has no fixed concentration"):
            latent.set_sampling_concentration(5.0)


def test_a_latent_has_mirror_images_if_it_defines_mirror():
    class Plain(layers.Latent):
        pass

    class Mirrored(Plain):
        def mirror(self, z, hidden):
            return -z

    class MirroredToo(Mirrored):
        pass

    assert not Plain(2).has_mirror
    assert Mirrored(2).has_mirror
    assert MirroredToo(2).has_mirror


def test_a_latent_can_be_scheduled_if_it_defines_set_sampling_concentration():
    class Mine(layers.Latent):
        def set_sampling_concentration(self, kappa):
            pass

    assert Mine(2).has_sampling_concentration
    assert not layers.Latent(2).has_sampling_concentration


@pytest.mark.parametrize(
    ("old", "new"),
    [("charge", "charged_kl"), ("draw_at", "set_sampling_concentration")],
)
@pytest.mark.parametrize("base", [layers.Latent, layers.VonMisesFisherLatent])
def test_a_latent_that_defines_a_renamed_method_is_refused(base, old, new):
    message = f"Mine.{old} is never called: rename the method to {new}"
    with pytest.raises(TypeError, match=message):
        type("Mine", (base,), {old: lambda self, value: value})
