"""Reads the Penn Treebank's sentences, prepared by TFDS."""

import os
import pathlib

from tf_vmfvae.data.files.text_file import read_sentences
from tf_vmfvae.data.published.preparation import (
    downloaded_builder,
    prepared_builder,
    read_split,
    source_of,
)
from tf_vmfvae.data.published.ptb.ptb_dataset_builder import FILES, Builder


def read_ptb(data_dir: str | os.PathLike | None = None) -> dict[str, list[str]]:
    """Reads the Penn Treebank through its TFDS builder.

    TFDS keeps the prepared data set in its own folder (TFDS_DATA_DIR, by default
    ~/tensorflow_datasets), under a name made from the files' contents, so other files
    make another data set. Nothing is written into `data_dir`.

    Args:
        data_dir: folder that holds ptb/train.txt, ptb/valid.txt and ptb/test.txt;
            without these, the files are downloaded.

    Returns:
        A mapping from "train", "validation" and "test" to sentences.

    Raises:
        ValueError: if a file is unusable, or there are neither files nor a download.
    """
    folder = pathlib.Path("data_dir" if data_dir is None else data_dir)
    files = [folder / "ptb" / name for name in FILES.values()]
    if data_dir is not None and any(map(os.path.lexists, files)):
        source = source_of(
            "\n".join(read_sentences(file)).encode() + b"\0" for file in files
        )
        builder = prepared_builder(Builder, source, folder)
    else:
        builder = downloaded_builder(Builder, files[0])
    return {split: read_split(builder, split)["text"] for split in FILES}
