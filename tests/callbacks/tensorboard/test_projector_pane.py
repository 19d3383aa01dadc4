import numpy as np
import pytest
from google.protobuf import text_format
from tensorboard.plugins import projector

from tf_vmfvae.callbacks import ProjectorPane


def test_codes_and_texts_are_written_in_the_same_order(fit, tmp_path):
    sentences = ["one two", "tab\there\nand there", "", "ünïcode"]
    metadata = {"topic": ["a", "b\tc", "", 4]}
    fit([ProjectorPane(tmp_path, sentences, metadata)], epochs=2)
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


def test_the_configuration_names_existing_files_in_its_folder(fit, tmp_path):
    fit([ProjectorPane(tmp_path, ["a b", "c"])])
    folder = tmp_path / "projector"
    config = projector.ProjectorConfig()
    text_format.Parse((folder / "projector_config.pbtxt").read_text(), config)
    (embedding,) = config.embeddings
    assert list(embedding.tensor_shape) == [2, 2]
    assert (folder / embedding.tensor_path).is_file()
    assert (folder / embedding.metadata_path).is_file()


def test_later_epochs_and_resumed_runs_replace_the_files(fit, tmp_path):
    fit([ProjectorPane(tmp_path, ["a b", "c"])], epochs=3)
    fit([ProjectorPane(tmp_path, ["a b", "c"])], epochs=4, initial_epoch=3)
    assert len(list((tmp_path / "projector").iterdir())) == 4


def test_nothing_is_written_for_a_model_without_a_code(model, tmp_path):
    model.encode = lambda texts: np.zeros((len(texts), 0), "float32")
    pane = ProjectorPane(tmp_path, ["a b", "c"])
    pane.set_model(model)
    pane.on_epoch_end(0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"topic": ["a"]}, "metadata 'topic' has 1 values for 2 sentences"),
        ({"words": [1, 2]}, "cannot be called 'words'"),
    ],
)
def test_metadata_that_does_not_fit_is_refused_by_name(tmp_path, metadata, message):
    with pytest.raises(ValueError, match=message):
        ProjectorPane(tmp_path, ["a b", "c"], metadata)


def test_sentences_are_encoded_with_their_labels(fit, model, tmp_path):
    fit([ProjectorPane(tmp_path, ["a b", "c"], labels=[4, 1])])

    assert model.labels == [[4, 1]]


@pytest.mark.parametrize("labels", [[4], [4, 1, 0], ["a", "b"], {"topic": [0, 1]}])
def test_labels_that_are_not_one_integer_per_sentence_are_refused(tmp_path, labels):
    with pytest.raises(ValueError, match="labels must be one integer for each of the"):
        ProjectorPane(tmp_path, ["a b", "c"], labels=labels)
