"""Reads the Yelp reviews and their labels, prepared by TFDS."""

import os
import pathlib

from tf_vmfvae.data.files.labelled_file import read_labelled_sentences
from tf_vmfvae.data.published.preparation import (
    prepared_builder,
    read_split,
    source_of,
)
from tf_vmfvae.data.published.yelp.yelp_dataset_builder import (
    FILES,
    NUM_LABELS,
    Builder,
    cut,
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
        A mapping from "train", "validation" and "test" to reviews, one to labels from
        0 to 4, and notes on what was done, a line each.

    Raises:
        ValueError: if a file is missing or unusable.
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
    contents = []
    for file in files:
        reviews = read_labelled_sentences(file, NUM_LABELS)
        if is_piece and not all(cut(reviews, split) for split in FILES):
            raise ValueError(
                f"{file} has {len(reviews)} lines with words: too few to cut in three"
            )
        contents += [f"{label} {text}\n".encode() for label, text in reviews]
        contents.append(b"\0")
    builder = prepared_builder(Builder, source_of(contents), pathlib.Path(data_dir))
    splits = {split: read_split(builder, split) for split in FILES}
    texts = {split: reviews["text"] for split, reviews in splits.items()}
    labels = {split: reviews["label"] for split, reviews in splits.items()}
    if not is_piece:
        return texts, labels, []
    sizes = " / ".join(str(len(texts[split])) for split in FILES)
    return (
        texts,
        labels,
        [f"{folder} has only valid.txt: it is shuffled and cut in three ({sizes})"],
    )
