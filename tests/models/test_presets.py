"""A preset loads what was saved, by its name or its path, or says what is wrong."""

import json
import os
import pathlib
import re
import shutil

import h5py
import keras
import numpy as np
import pytest

from tests.models import document_models, sentence_models
from tf_vmfvae import TopicModel, layers
from tf_vmfvae.models import NVDM, NVRNN, VAE, LanguageModel, presets

ROOT = pathlib.Path(__file__).parents[2]
ALL = sorted(path.parent.name for path in ROOT.glob("saved_models/*/model.keras"))
OF_DOCUMENTS = {"20ng_topics"}
SHIPPED = [name for name in ALL if name not in OF_DOCUMENTS]
TEXTS = ["the company said its profit rose", "shares fell"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of presets with one model of sentences and one of documents."""
    monkeypatch.setenv("TF_VMFVAE_PRESETS", str(tmp_path / "presets"))
    sentence_models.make_model().save_to_preset(tmp_path / "presets" / "sentences")
    document_models.make_model().save_to_preset(tmp_path / "presets" / "documents")
    return tmp_path / "presets"


@pytest.fixture
def nothing_shipped(monkeypatch, tmp_path):
    """As in an environment where only the wheel is installed."""
    monkeypatch.delenv("TF_VMFVAE_PRESETS", raising=False)
    monkeypatch.setattr(presets, "SHIPPED", (tmp_path / "package", tmp_path / "parent"))


@keras.saving.register_keras_serializable(package="tests")
class OwnModel(NVDM):
    pass


class NotRegistered(NVDM):
    pass


def error_of(call, *arguments, kind=ValueError):
    """Returns the message of the error that a call raises, which is one line."""
    with pytest.raises(kind) as caught:
        call(*arguments)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_model_with_two_replicas_is_saved_and_loaded(two_replicas, tmp_path):
    with two_replicas.scope():
        model = document_models.make_model(layers.GaussianLatent(3, seed=1))
        model.save_to_preset(tmp_path / "preset")
        mirrored = NVDM.from_preset(tmp_path / "preset")
    loaded = NVDM.from_preset(tmp_path / "preset")

    for weight, other, expected in zip(
        loaded.get_weights(), mirrored.get_weights(), model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weight, expected)
        np.testing.assert_array_equal(other, expected)


@pytest.mark.parametrize("latent", ["vmf", "gaussian", "none"])
def test_a_saved_model_of_sentences_is_loaded_as_it_was(latent, tmp_path):
    model = sentence_models.make_model(latent)
    model.save_to_preset(tmp_path / "new" / "preset")
    loaded = NVRNN.from_preset(tmp_path / "new" / "preset")

    np.testing.assert_array_equal(loaded.encode(TEXTS), model.encode(TEXTS))
    assert loaded.generate(3, seed=1) == model.generate(3, seed=1)
    assert json.dumps(loaded.get_config()) == json.dumps(model.get_config())


@pytest.mark.parametrize(
    "condition",
    [lambda: layers.BagOfWordsCondition(4), lambda: layers.LabelCondition(2, 4)],
    ids=["bag of words", "label"],
)
def test_a_condition_is_part_of_the_preset(condition, tmp_path):
    model = sentence_models.make_model(condition=condition)
    model.save_to_preset(str(tmp_path / "preset"))
    loaded = NVRNN.from_preset(str(tmp_path / "preset"))
    ids = sentence_models.ids_of(model, labels=[0, 1, 0, 1])

    for name, value in model(ids).items():
        np.testing.assert_array_equal(loaded(ids)[name], value, name)


def test_a_saved_model_of_documents_is_loaded_as_it_was(tmp_path):
    words = ["rock 'n' roll", "été", "snow", "ball"]
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    model = OwnModel(words, latent, hidden_dim=4, dtype="mixed_bfloat16", seed=1)
    model.latent.trainable = False
    model.save_to_preset(tmp_path / "preset")
    loaded = NVDM.from_preset(tmp_path / "preset")

    assert type(loaded) is OwnModel
    assert loaded.vocabulary == words
    assert loaded.dtype_policy.name == "mixed_bfloat16"
    assert not loaded.latent.trainable
    pairs = document_models.PAIRS[:3]
    np.testing.assert_array_equal(
        loaded.encoder(pairs), model.encoder(pairs), strict=True
    )


def test_the_words_are_in_a_file_of_their_own_and_nowhere_else(folder):
    lines = (folder / "documents" / "vocabulary.txt").read_text().splitlines()
    config = json.loads((folder / "documents" / "config.json").read_text())

    assert lines == document_models.VOCABULARY
    assert config["config"]["vocabulary"] == "vocabulary.txt"
    assert {path.name for path in (folder / "documents").iterdir()} == {
        "config.json",
        "vocabulary.txt",
        "model.weights.h5",
    }


def test_words_that_an_editor_saved_with_carriage_returns_are_the_same(folder):
    path = folder / "documents" / "vocabulary.txt"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert NVDM.from_preset("documents").vocabulary == document_models.VOCABULARY


def test_the_optimizer_stays_on_the_model_and_is_not_saved(tmp_path):
    model = document_models.make_model(learning_rate=0.1)
    model.optimizer.build(model.trainable_variables)
    optimizer = model.optimizer
    model.save_to_preset(tmp_path / "preset")

    assert model.optimizer is optimizer
    with h5py.File(tmp_path / "preset" / "model.weights.h5") as weights:
        assert "optimizer" not in weights
    model.fit(document_models.PAIRS, verbose=0)
    loaded = NVDM.from_preset(tmp_path / "preset")
    loaded.compile("adam")
    loaded.fit(document_models.PAIRS, verbose=0)


def test_without_its_weights_a_preset_is_an_untrained_model(folder):
    trained = NVDM.from_preset("documents").logits.bias
    untrained = NVDM.from_preset("documents", load_weights=False).logits.bias

    np.testing.assert_array_equal(trained, np.arange(5.0))
    np.testing.assert_array_equal(untrained, np.zeros(5))


def test_presets_are_listed_by_class_with_the_titles_of_their_cards(folder):
    (folder / "documents" / "README.md").write_text(
        "---\nlicense: mit\n# a comment\n---\n\n# documents: weather, sport\n\n# Data\n"
    )
    (folder / "neither").mkdir()
    (folder / "broken").mkdir()
    (folder / "broken" / "config.json").write_text("{")

    assert NVDM.presets.keys() == {"documents", *OF_DOCUMENTS}
    assert NVDM.presets["documents"] == "weather, sport"
    assert TopicModel.presets == {"20ng_topics": "20 topics of 20 Newsgroups"}
    assert NVRNN.presets.keys() == {"sentences", *SHIPPED}
    assert NVRNN.presets["sentences"] == ""
    assert NVRNN.presets["ptb_vmf"] == "vMF sentence VAE, Standard"
    assert VAE.presets.keys() == {"sentences", "documents", *ALL}
    assert OwnModel.presets == {}


def test_a_base_class_loads_the_class_that_was_saved(folder):
    assert type(VAE.from_preset("documents")) is NVDM
    assert type(LanguageModel.from_preset("sentences")) is NVRNN


def test_presets_belong_to_the_class_so_saving_a_model_does_not_list_them(folder):
    model = NVDM.from_preset("documents")

    assert error_of(lambda: model.presets, kind=AttributeError) == (
        "ask the class: NVDM.presets"
    )


@pytest.mark.parametrize("name", ["ptb_lstm", "ptb_vmf_inputless_bow"])
def test_a_shipped_model_is_the_same_as_by_load_model(name):
    path = ROOT / "saved_models" / name
    model = NVRNN.from_preset(name)
    expected = keras.models.load_model(path / "model.keras")
    options = {"texts": TEXTS[:1]} if model.needs_texts else {}

    np.testing.assert_array_equal(model.encode(TEXTS), expected.encode(TEXTS))
    assert model.generate(1, seed=1, **options) == expected.generate(
        1, seed=1, **options
    )


def test_a_run_folder_is_loaded_by_its_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pathlib.Path("runs", "mine").mkdir(parents=True)
    model = sentence_models.make_model()
    model.save("runs/mine/model.keras")

    for path in ("runs/mine", pathlib.Path("runs/mine"), tmp_path / "runs/mine/"):
        loaded = NVRNN.from_preset(path)
        np.testing.assert_array_equal(loaded.encode(TEXTS), model.encode(TEXTS))


@pytest.mark.parametrize(
    ("preset", "said"),
    [
        ("ptb_vmf_inputles", "is neither the name of a preset nor a folder"),
        ("", "is neither the name of a preset nor a folder"),
        ("no/such/folder", "is neither the name of a preset nor a folder"),
        (pathlib.Path("ptb_lstm"), "is neither the name of a preset nor a folder"),
        ("x" * 300, "is neither the name of a preset nor a folder"),
        ("..", "is a folder without a model"),
    ],
)
def test_an_unknown_preset_is_refused_with_the_list_of_those_there_are(
    preset, said, tmp_path, monkeypatch
):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert error_of(NVRNN.from_preset, preset) == (
        f"preset {str(preset)!r} {said}; presets of NVRNN: {', '.join(SHIPPED)}"
    )


@pytest.mark.parametrize("preset", [None, 3, b"ptb_lstm", ["ptb_lstm"]])
def test_a_preset_that_is_no_name_or_path_is_refused(preset):
    assert error_of(NVRNN.from_preset, preset).endswith(
        "give a name, or the path of a folder"
    )


def test_where_no_presets_are_the_error_says_where_they_were_looked_for(
    nothing_shipped, tmp_path
):
    assert NVRNN.presets == {}
    assert error_of(NVRNN.from_preset, "ptb_lstm").endswith(
        f"; no presets of NVRNN are in {tmp_path / 'package'}, {tmp_path / 'parent'} "
        "(TF_VMFVAE_PRESETS is not set)"
    )


def test_models_that_were_built_into_the_package_are_found(nothing_shipped, tmp_path):
    shutil.copytree(ROOT / "saved_models" / "ptb_lstm", tmp_path / "package" / "lstm")

    assert NVRNN.presets.keys() == {"lstm"}
    assert NVRNN.from_preset("lstm", load_weights=False).vocabulary[:2] == [
        "<unk>",
        "<eos>",
    ]


def test_ones_own_presets_come_before_those_shipped_under_the_same_name(folder):
    (folder / "sentences").rename(folder / "ptb_lstm")

    assert NVRNN.from_preset("ptb_lstm").embedding_dim == 12


def test_a_name_that_is_a_folder_here_too_is_refused(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert NVDM.from_preset("documents").vocabulary  # Both are the same folder.

    monkeypatch.chdir(folder.parent)
    shutil.copytree("presets/documents", "documents")
    assert error_of(NVDM.from_preset, "documents") == (
        f"preset is 'documents', which is both the preset in {folder / 'documents'} "
        "and a folder here: write ./documents or the other one's path"
    )
    assert NVDM.from_preset("./documents").vocabulary
    assert NVDM.from_preset(folder / "documents").vocabulary


def test_a_missing_folder_of_presets_is_refused_but_paths_still_load(
    folder, monkeypatch
):
    monkeypatch.setenv("TF_VMFVAE_PRESETS", "/no/such")
    message = "TF_VMFVAE_PRESETS=/no/such: is not a folder; name one that contains"

    assert error_of(NVDM.from_preset, "documents").startswith(message)
    assert error_of(lambda: NVDM.presets).startswith(message)
    assert NVDM.from_preset(folder / "documents").vocabulary


def test_a_preset_of_another_class_is_refused_before_its_weights_are_read(folder):
    (folder / "sentences" / "model.weights.h5").unlink()

    assert error_of(NVDM.from_preset, "sentences") == (
        "preset 'sentences' is of the class NVRNN, not NVDM: use NVRNN.from_preset"
    )
    assert error_of(OwnModel.from_preset, "documents") == (
        "preset 'documents' is of the class NVDM, not OwnModel: use NVDM.from_preset"
    )


@pytest.mark.parametrize(
    "config",
    [
        {"class_name": "Mine", "registered_name": "mine>Mine", "config": {}},
        {"class_name": "Functional", "registered_name": None, "config": {}},
    ],
    ids=["a class of one's own", "a model of Keras"],
)
def test_a_class_that_keras_does_not_know_is_named(config, folder):
    (folder / "documents" / "config.json").write_text(json.dumps(config))

    assert f"holds a {config['class_name']}, which is not registered" in error_of(
        NVDM.from_preset, "documents"
    )


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("config.json", lambda path: path.write_text("{")),
        ("config.json", lambda path: path.write_text('{"model_type": "gpt2"}')),
        ("config.json", lambda path: path.write_text("[]")),
        ("config.json", lambda path: _replace(path, '"config": {', '"other": {')),
        ("vocabulary.txt", lambda path: path.unlink()),
        ("vocabulary.txt", lambda path: path.write_bytes(b"\xff")),
        ("vocabulary.txt", lambda path: _replace(path, "wind\n", "wind\n\n")),
        ("vocabulary.txt", lambda path: _replace(path, "wind\n", "ball\n")),
        ("config.json", lambda path: _replace(path, '"hidden_dim": 4', '"width": 4')),
        ("model.weights.h5", lambda path: path.unlink()),
        ("model.weights.h5", lambda path: path.write_bytes(path.read_bytes()[:999])),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_named(name, damage, folder):
    damage(folder / "documents" / name)

    message = error_of(NVDM.from_preset, folder / "documents")
    assert message.startswith(f"{folder / 'documents' / name}: cannot be read")


@pytest.mark.filterwarnings("ignore:Skipping nested container")
@pytest.mark.parametrize("words", ["ball\ngoal\n", "ball\ngoal\nrain\nsnow\nwind\nsun"])
def test_words_that_the_weights_are_not_for_are_refused(words, folder):
    (folder / "documents" / "vocabulary.txt").write_text(words)

    assert "model.weights.h5: cannot be read as part of a preset" in error_of(
        NVDM.from_preset, "documents"
    )


def _replace(path, old, new):
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize("line_break", ["\n", "\r", "\u2028"])
def test_a_word_with_a_line_break_is_refused_and_nothing_is_written(
    line_break, tmp_path
):
    words = ["ball", f"two{line_break}lines"]
    model = NVDM(words, layers.NoLatent(), hidden_dim=4)

    assert error_of(model.save_to_preset, tmp_path / "preset").startswith(
        f"vocabulary: {words[1]!r} contains a line break"
    )
    assert not os.listdir(tmp_path)


def test_a_class_that_could_not_be_loaded_again_is_not_saved(tmp_path):
    model = NotRegistered(["ball"], layers.NoLatent(), hidden_dim=4)

    assert "register_keras_serializable" in error_of(
        model.save_to_preset, tmp_path / "preset"
    )
    with keras.saving.custom_object_scope({"NotRegistered": NotRegistered}):
        model.save_to_preset(tmp_path / "preset")
        assert type(NVDM.from_preset(tmp_path / "preset")) is NotRegistered


def test_a_folder_in_use_is_refused_and_stays_as_it_is(folder):
    model = document_models.make_model()
    before = (folder / "sentences" / "config.json").read_bytes()

    for target in (folder / "sentences", folder / "sentences" / "config.json"):
        assert error_of(model.save_to_preset, target, kind=FileExistsError) == (
            f"{target}: is not an empty folder; name another"
        )
    assert (folder / "sentences" / "config.json").read_bytes() == before
    assert type(VAE.from_preset("sentences")) is NVRNN


def test_an_empty_folder_or_a_link_to_one_is_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    document_models.make_model().save_to_preset(tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert NVDM.from_preset(tmp_path / "empty").vocabulary


def test_a_failure_while_writing_leaves_nothing(tmp_path, monkeypatch):
    def fail(model, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Model, "save_weights", fail)
    model = document_models.make_model()
    with pytest.raises(OSError, match=re.escape("No space left")):
        model.save_to_preset(tmp_path / "preset")

    assert not os.listdir(tmp_path)
    assert model.optimizer is not None
