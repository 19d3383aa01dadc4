"""Training that starts from the weights of a trained model."""

import numpy as np
import pytest

from trainers.cli.errors import UserError
from trainers.lm.task import LMTask

FLAGS = ("--dataset=text", "--latent_dim=3", "--hidden_dim=8", "--embedding_dim=8")


@pytest.fixture
def make(parse, corpus_folder):
    """Returns a function from flags to the model that training starts from."""

    def model(*arguments):
        settings, _ = parse(*FLAGS, f"--data_dir={corpus_folder}", *arguments)
        task = LMTask(settings)
        task.corpus = task.load_corpus()
        made = task.make_model()
        task.warm_start(made)
        return made

    return model


@pytest.fixture
def pretrained(make, tmp_path):
    """A run folder with a plain model."""
    make("--latent=none", "--seed=7").save(tmp_path / "model.keras")
    return tmp_path


@pytest.mark.parametrize("name", ["", "model.keras"])
def test_training_starts_from_the_weights_of_the_trained_model(make, pretrained, name):
    plain = make("--latent=none", "--seed=7")
    model = make(f"--pretrained={pretrained / name}")
    np.testing.assert_array_equal(
        model.embedding.embeddings, plain.embedding.embeddings
    )
    assert model.latent.latent_dim == 3


def test_a_model_of_another_width_is_refused_by_name(make, pretrained):
    with pytest.raises(UserError, match=r"--pretrained=.*hidden_dim: 8, not 9"):
        make(f"--pretrained={pretrained}", "--hidden_dim=9")


def test_a_file_that_is_not_a_model_is_refused_by_name(make, tmp_path):
    (tmp_path / "model.keras").write_text("not a model")
    with pytest.raises(UserError, match=r"--pretrained=.*cannot be read as a model"):
        make(f"--pretrained={tmp_path}")


def test_a_folder_without_a_model_is_refused_by_name(make, tmp_path):
    with pytest.raises(UserError, match=r"--pretrained=.*model\.keras does not exist"):
        make(f"--pretrained={tmp_path}")
