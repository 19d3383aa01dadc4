"""A loaded model draws the noise that the saved model would have drawn."""

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


def states_by_path(model):
    return {
        name.partition("@")[2]: value for name, value in save_seed_states(model).items()
    }


def rewrite(file, change):
    """Changes the arrays in a model's file that belong to the model itself."""
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
    """Returns a model that has drawn some noise, and its file."""
    model = make(dropout=0.2, num_layers=2)
    for _ in range(3):
        model(model.to_ids(["the cat sees"]).to_tensor(), training=True)
    model.save(tmp_path / "model.keras")
    return model, tmp_path / "model.keras"


def test_every_generator_has_its_own_path():
    for model in (make(num_layers=2, recurrent_dropout=0.1), make(codes=2)):
        names = save_seed_states(model)
        assert len(names) == len(states_by_path(model))
        assert all("." in path for path in states_by_path(model))


def test_a_loaded_model_has_the_states_of_the_saved_one(saved):
    model, file = saved
    loaded = keras.models.load_model(file)
    np.testing.assert_equal(save_seed_states(loaded), save_seed_states(model))


@pytest.mark.parametrize("missing", ["embedding_dropout", "latent", "word_dropout"])
def test_a_layer_that_is_not_in_the_file_keeps_its_initial_state(saved, missing):
    """A later version of a model may have one more layer."""
    model, file = saved

    def remove(group):
        for name in [name for name in group if f"@{missing}" in name]:
            del group[name]

    rewrite(file, remove)
    loaded = states_by_path(keras.models.load_model(file))
    new = states_by_path(make(num_layers=2))
    for path, value in states_by_path(model).items():
        expected = new[path] if path.startswith(missing) else value
        np.testing.assert_array_equal(loaded[path], expected)


def test_states_without_paths_are_matched_in_order(saved):
    model, file = saved
    rewrite(file, lambda group: rename(group, lambda name: name.partition("@")[0]))
    loaded = keras.models.load_model(file)
    np.testing.assert_equal(save_seed_states(loaded), save_seed_states(model))


def test_a_file_with_fewer_states_without_paths_sets_the_first_ones(saved):
    model, file = saved
    expected = list(save_seed_states(model).values())
    del expected[7], expected[0]

    def change(group):
        rename(group, lambda name: name.partition("@")[0])
        del group["noise_0"], group["noise_7"]

    rewrite(file, change)
    loaded = list(save_seed_states(keras.models.load_model(file)).values())
    np.testing.assert_equal(loaded[: len(expected)], expected)


def test_states_whose_paths_have_changed_are_matched_in_order(saved):
    model, file = saved
    rewrite(file, lambda group: rename(group, lambda name: name.replace("ed", "id")))
    loaded = keras.models.load_model(file)
    np.testing.assert_equal(save_seed_states(loaded), save_seed_states(model))


def test_states_that_the_model_does_not_have_are_ignored():
    model = make()
    states = save_seed_states(model)
    load_seed_states(model, {**states, "noise_99@gone": np.zeros(2, "int64")})
    np.testing.assert_equal(save_seed_states(model), states)


def test_more_than_ten_states_are_in_numerical_order():
    model = make(num_layers=3, recurrent_dropout=0.1)
    states = {
        name.partition("@")[0]: np.array([index, 0])
        for index, name in enumerate(save_seed_states(model))
    }
    assert len(states) > 10
    load_seed_states(model, states)
    np.testing.assert_equal(
        list(save_seed_states(model).values()), list(states.values())
    )


def test_a_released_model_keeps_its_states():
    """Its file has no paths, so the order of the model's generators matters."""
    model = keras.models.load_model(SAVED / "ptb_vmf" / "model.keras")
    first = {path: int(state[0]) for path, state in states_by_path(model).items()}
    assert first == {
        "embedding_dropout.seed_generator": 2,
        "latent.seed_generator": 1001,
        "word_dropout_layer.seed_generator": 5,
        "output_dropout.seed_generator": 10,
        "sentence_encoder.layers.0.cell.seed_generator": 110032094,
        "sentence_decoder.layers.0.cell.seed_generator": 311156211,
    }
