"""The noise that a loaded model draws, whatever layers it has beside its file's."""

import io
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from tf_vmfvae import layers, models
from tf_vmfvae.models.seed_states import load_seed_states, save_seed_states

SAVED = Path(__file__).parents[2] / "saved_models"
SIZES = {"embedding_dim": 8, "hidden_dim": 8}


def make(seed=1, **options):
    latent = layers.VonMisesFisherLatent(3, kappa=10.0, seed=seed)
    return models.NVRNN(["the", "cat", "sees"], latent, seed=seed, **SIZES, **options)


def places(model):
    return {
        name.partition("@")[2]: value for name, value in save_seed_states(model).items()
    }


def rewrite(file, change):
    """Changes the arrays of a model file that belong to the model itself."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(content, "a") as weights:
        change(weights["vars"])
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in {**parts, "model.weights.h5": content.getvalue()}.items():
            archive.writestr(name, part)


def rename(group, new_name):
    for name in [name for name in group if name.startswith("noise_")]:
        group[new_name(name)] = group[name][()]
        del group[name]


@pytest.fixture
def saved(tmp_path):
    """A model that has drawn some noise, and its file."""
    model = make(dropout=0.2, num_layers=2)
    for _ in range(3):
        model(model.to_ids(["the cat sees"]).to_tensor(), training=True)
    model.save(tmp_path / "model.keras")
    return model, tmp_path / "model.keras"


def test_every_generator_has_a_place_of_its_own():
    for model in (make(num_layers=2, recurrent_dropout=0.1), make(codes=2)):
        names = save_seed_states(model)
        assert len(names) == len(places(model))
        assert all("." in place for place in places(model))


def test_a_loaded_model_draws_what_the_saved_one_would_have(saved):
    model, file = saved
    loaded = keras.models.load_model(file)
    np.testing.assert_equal(save_seed_states(loaded), save_seed_states(model))


@pytest.mark.parametrize("lacking", ["embedding_dropout", "latent", "word_dropout"])
def test_a_layer_that_the_file_lacks_has_noise_of_its_own(saved, lacking):
    """As in a model of a version that has one more."""
    model, file = saved

    def leave_out(group):
        for name in [name for name in group if f"@{lacking}" in name]:
            del group[name]

    rewrite(file, leave_out)
    loaded, fresh = places(keras.models.load_model(file)), places(make(num_layers=2))
    for place, value in places(model).items():
        expected = fresh[place] if place.startswith(lacking) else value
        np.testing.assert_array_equal(loaded[place], expected)


def test_files_of_before_go_by_their_order(saved):
    model, file = saved
    rewrite(file, lambda group: rename(group, lambda name: name.partition("@")[0]))
    loaded = keras.models.load_model(file)
    np.testing.assert_equal(save_seed_states(loaded), save_seed_states(model))


def test_one_of_before_that_has_fewer_is_loaded_too(saved):
    _, file = saved

    def change(group):
        rename(group, lambda name: name.partition("@")[0])
        del group["noise_0"], group["noise_7"]

    rewrite(file, change)
    keras.models.load_model(file)


def test_places_of_other_names_go_by_their_order(saved):
    model, file = saved
    rewrite(file, lambda group: rename(group, lambda name: name.replace("ed", "id")))
    loaded = keras.models.load_model(file)
    np.testing.assert_equal(save_seed_states(loaded), save_seed_states(model))


def test_more_than_the_model_has_is_left_aside():
    model = make()
    noise = save_seed_states(model)
    load_seed_states(model, {**noise, "noise_99@gone": np.zeros(2, "int64")})
    np.testing.assert_equal(save_seed_states(model), noise)


def test_ten_generators_and_more_go_by_number_and_not_by_letter():
    model = make(num_layers=3, recurrent_dropout=0.1)
    noise = {
        name.partition("@")[0]: np.array([index, 0])
        for index, name in enumerate(save_seed_states(model))
    }
    assert len(noise) > 10
    load_seed_states(model, noise)
    np.testing.assert_equal(
        list(save_seed_states(model).values()), list(noise.values())
    )


def test_a_shipped_model_has_the_noise_that_it_always_had():
    model = keras.models.load_model(SAVED / "ptb_vmf" / "model.keras")
    first = [int(state[0]) for state in save_seed_states(model).values()]
    assert first == [2, 1001, 5, 10, 110032094, 311156211]
