"""The base class of models that are loaded by name."""

import os

import keras

from tf_vmfvae.models import presets
from tf_vmfvae.models.preset_folder import PresetFolder
from tf_vmfvae.models.preset_names import PresetNames


class PresetModel(keras.Model):
    """Base class: a model that `from_preset` loads and `save_to_preset` saves.

    A preset is a folder with a trained model.

    Attributes:
        presets: of the class: a dictionary from the name of each preset that this class
            can load to the title of its card.
    """

    presets = PresetNames(presets.list_presets)

    @classmethod
    def from_preset(
        cls, preset: str | os.PathLike, load_weights: bool = True
    ) -> "PresetModel":
        """Returns the model of a preset.

        Names are looked up in the folder that the environment variable
        `TF_VMFVAE_PRESETS` names, then in `saved_models/` of the installed package, and
        then in that of the repository.

        Args:
            preset: a name, one of `presets`; or the path of a folder, which
                `save_to_preset` or a trainer has written.
            load_weights: bool. Whether the model gets the trained weights; otherwise
                they are initialized anew.

        Returns:
            A model of this class or of a subclass. It is not compiled.

        Raises:
            ValueError: if there is no such preset, its model is of another class, or
                one of its files cannot be read.
        """
        return presets.find_preset(preset, cls).load(load_weights)

    def save_to_preset(self, preset_dir: str | os.PathLike) -> None:
        """Saves the model as a preset, completely or not at all.

        The folder holds the configuration, `config.json`, the words, `vocabulary.txt`,
        and the weights, `model.weights.h5`. The optimizer is not saved.

        Args:
            preset_dir: the folder, which must be empty or new.

        Raises:
            FileExistsError: if there is a file of this name, or a folder that is not
                empty.
            ValueError: if a word of the vocabulary contains a line break, or the class
                is not registered with Keras.
            OSError: if the folder cannot be written.

        Example:
        >>> import pathlib
        >>> import tempfile
        >>> import tf_vmfvae
        >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=5.0, seed=1)
        >>> words = ["profit", "rose"]
        >>> model = tf_vmfvae.models.NVDM(words, latent, hidden_dim=8, seed=1)
        >>> folder = pathlib.Path(tempfile.mkdtemp(), "finance")
        >>> model.save_to_preset(folder)
        >>> sorted(path.name for path in folder.iterdir())
        ['config.json', 'model.weights.h5', 'vocabulary.txt']
        >>> loaded = tf_vmfvae.models.NVDM.from_preset(folder)
        >>> bool((loaded.encode(["profit"]) == model.encode(["profit"])).all())
        True
        """
        PresetFolder(preset_dir).save(self)
