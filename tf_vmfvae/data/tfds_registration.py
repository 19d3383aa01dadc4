"""Registers the builders of the published corpora with TFDS."""

import importlib

import wrapt


def register_when_tfds_is_imported() -> None:
    """Makes `tfds.load` find the builders of the published corpora.

    A builder is a subclass of a class of TFDS, so its module imports TFDS, which this
    library's users mostly do not need. The builders are imported when the user imports
    TFDS, or at once if that has already happened.
    """
    wrapt.register_post_import_hook(_import_builders, "tensorflow_datasets")


def _import_builders(tfds):
    importlib.import_module("tf_vmfvae.data.published")
