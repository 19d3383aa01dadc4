"""The Yelp reviews and their labels, prepared by TFDS."""

import hashlib
import os
import pathlib

import tensorflow_datasets as tfds

from tf_vmfvae.data.labelled_file import read_labelled_sentences
from tf_vmfvae.data.preparation import prepared_builder
from tf_vmfvae.data.yelp.yelp_dataset_builder import (
    FILES,
    NUM_LABELS,
    Builder,
    only_piece,
)


def read_yelp(
    data_dir: str | os.PathLike | None,
) -> tuple[dict[str, list[str]], dict[str, list[int]], list[str]]:
    """Reads the Yelp reviews of 2013 through their TFDS builder.

    TFDS keeps the prepared data set in its own folder (TFDS_DATA_DIR, by default
    ~/tensorflow_datasets), under a name made from the files' contents.

    Args:
        data_dir: folder that holds yelp/train.txt, yelp/valid.txt and yelp/test.txt,
            or yelp/valid.txt alone.

    Returns:
        "train", "validation" and "test" -> reviews; the same -> labels, 0 to 4; and
        notes on what was done, a line each.

    Raises:
        ValueError: a file is missing or unusable.
    """
    folder = pathlib.Path(data_dir or ".") / "yelp"
    files = [folder / name for name in FILES.values() if os.path.lexists(folder / name)]
    if data_dir is None or not files:
        raise ValueError(
            f"no file {folder / 'train.txt'}: dataset yelp cannot be downloaded; put "
            "its files into a folder yelp/ and point data_dir at the folder above"
        )
    is_piece = only_piece(folder)
    missing = [name for name in FILES.values() if folder / name not in files]
    if missing and not is_piece:
        raise ValueError(f"{folder / missing[0]} does not exist: put it there")
    digest = hashlib.sha256()
    for file in files:
        for label, text in read_labelled_sentences(file, NUM_LABELS):
            digest.update(f"{label} {text}\n".encode())
        digest.update(b"\0")
    builder = prepared_builder(Builder, digest.hexdigest()[:16], pathlib.Path(data_dir))
    texts, labels = {}, {}
    for split in FILES:
        texts[split], labels[split] = _reviews(builder, split)
    if not is_piece:
        return texts, labels, []
    sizes = " / ".join(str(len(texts[split])) for split in FILES)
    return (
        texts,
        labels,
        [f"{folder} holds valid.txt alone: it is shuffled and cut in three ({sizes})"],
    )


def _reviews(builder: tfds.core.DatasetBuilder, split: str):
    dataset = builder.as_dataset(split=split, batch_size=-1, shuffle_files=False)
    texts = [text.decode() for text in dataset["text"].numpy().tolist()]
    return texts, dataset["label"].numpy().tolist()
