import numpy as np
import pytest
from google.protobuf import text_format
from tensorboard.plugins import projector

from tf_vmfvae.callbacks import ProjectorPane


def test_codes_and_texts_stand_in_the_same_order(fit, tmp_path):
    sentences = ["one two", "tab\there\nand there", "", "ünïcode"]
    labels = {"topic": ["a", "b\tc", "", 4]}
    fit([ProjectorPane(tmp_path, sentences, labels)], epochs=2)
    folder = tmp_path / "projector"
    codes = np.loadtxt(folder / "codes.tsv")
    np.testing.assert_array_equal(codes[:, 0], [len(text) for text in sentences])
    lines = (folder / "metadata.tsv").read_text("utf-8").split("\n")
    assert [line.split("\t") for line in lines] == [
        ["sentence", "words", "topic"],
        ["one two", "2", "a"],
        ["tab here and there", "4", "b c"],
        ["", "0", ""],
        ["ünïcode", "1", "4"],
        [""],
    ]


def test_the_configuration_names_files_beside_itself(fit, tmp_path):
    fit([ProjectorPane(tmp_path, ["a b", "c"])])
    folder = tmp_path / "projector"
    config = projector.ProjectorConfig()
    text_format.Parse((folder / "projector_config.pbtxt").read_text(), config)
    (embedding,) = config.embeddings
    assert list(embedding.tensor_shape) == [2, 2]
    assert (folder / embedding.tensor_path).is_file()
    assert (folder / embedding.metadata_path).is_file()


def test_epochs_and_restarts_leave_no_pile_of_files(fit, tmp_path):
    fit([ProjectorPane(tmp_path, ["a b", "c"])], epochs=3)
    fit([ProjectorPane(tmp_path, ["a b", "c"])], epochs=4, initial_epoch=3)
    assert len(list((tmp_path / "projector").iterdir())) == 4


def test_a_model_without_a_code_leaves_nothing(model, tmp_path):
    model.encode = lambda texts: np.zeros((len(texts), 0), "float32")
    pane = ProjectorPane(tmp_path, ["a b", "c"])
    pane.set_model(model)
    pane.on_epoch_end(0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"topic": ["a"]}, "label 'topic' has 1 values for 2 sentences"),
        ({"words": [1, 2]}, "cannot be called 'words'"),
    ],
)
def test_labels_that_do_not_fit_are_named(tmp_path, labels, message):
    with pytest.raises(ValueError, match=message):
        ProjectorPane(tmp_path, ["a b", "c"], labels)


def test_a_model_that_is_told_labels_encodes_with_them(fit, model, tmp_path):
    fit([ProjectorPane(tmp_path, ["a b", "c"], told=[4, 1])])

    assert model.told == [[4, 1]]
