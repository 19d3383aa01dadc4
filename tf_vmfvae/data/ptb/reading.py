"""The Penn Treebank's sentences, prepared by TFDS."""

import hashlib
import os
import pathlib

import tensorflow_datasets as tfds

from tf_vmfvae.data.preparation import (
    download_problem,
    prepared_builder,
    root_folder,
)
from tf_vmfvae.data.ptb.ptb_dataset_builder import FILES, Builder
from tf_vmfvae.data.text_file import read_sentences


def read_ptb(data_dir: str | os.PathLike | None = None) -> dict[str, list[str]]:
    """Reads the Penn Treebank through its TFDS builder.

    TFDS keeps the prepared data set in its own folder (TFDS_DATA_DIR, by default
    ~/tensorflow_datasets), under a name made from the files' contents: other files are
    another data set. Nothing is written into `data_dir`.

    Args:
        data_dir: folder that holds ptb/train.txt, ptb/valid.txt and ptb/test.txt;
            without these the files are downloaded.

    Returns:
        "train", "validation" and "test" -> sentences.

    Raises:
        ValueError: a file is unusable, or there are no files and no download.
    """
    folder = None if data_dir is None else pathlib.Path(data_dir)
    files = [] if folder is None else [folder / "ptb" / name for name in FILES.values()]
    if any(map(os.path.lexists, files)):
        digest = hashlib.sha256()
        for file in files:
            digest.update("\n".join(read_sentences(file)).encode() + b"\0")
        return _prepared(digest.hexdigest()[:16], folder)
    if not Builder(data_dir=root_folder("download")).data_path.exists():
        problem = download_problem(Builder.URL)
        if problem:
            looked_for = files[0] if files else "data_dir/ptb/train.txt"
            raise ValueError(
                f"no file {looked_for} and no download from {Builder.URL} ({problem}): "
                "point data_dir at the folder above ptb/, or choose dataset embedded, "
                "which needs neither (--dataset=embedded)"
            )
    return _prepared("download", None)


def _prepared(source: str, manual_dir: pathlib.Path | None) -> dict[str, list[str]]:
    builder = prepared_builder(Builder, source, manual_dir)
    return {split: _sentences(builder, split) for split in FILES}


def _sentences(builder: tfds.core.DatasetBuilder, split: str) -> list[str]:
    dataset = builder.as_dataset(split=split, batch_size=-1, shuffle_files=False)
    return [text.decode() for text in dataset["text"].numpy().tolist()]
