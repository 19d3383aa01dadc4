"""The best model of a run, from its folder."""

import contextlib

import keras

from tf_vmfvae.models import VAE
from trainers.cli.errors import UserError
from trainers.storage.run_folder import RunFolder


def load_model(folder: RunFolder) -> keras.Model:
    """Returns the best model of a finished run."""
    with _readable(folder.model):
        model = keras.models.load_model(folder.model)
        if not isinstance(model, VAE):
            raise ValueError(f"it holds a {type(model).__name__}")
        return model


def load_best_weights(model: keras.Model, folder: RunFolder) -> None:
    """Gives `model` the weights of the best epoch."""
    with _readable(folder.model):
        model.load_weights(folder.model)


@contextlib.contextmanager
def _readable(file):
    try:
        yield
    # A file that is cut or of another kind fails anywhere: archive, JSON, arrays.
    except Exception as error:
        reason = str(error).strip() or type(error).__name__
        raise UserError(
            f"{file}: cannot be read as this run's model ({reason.splitlines()[0]}); "
            "put the right one back or name another --output_dir"
        ) from error
