"""Reads the published bag-of-words corpora, prepared by TFDS."""

import os
import pathlib
from collections.abc import Iterable, Iterator

import numpy as np
import tensorflow_datasets as tfds

from tf_vmfvae.data.documents.documents import Documents
from tf_vmfvae.data.published.feature_builder import (
    FILES,
    VOCABULARY,
    FeatureBuilder,
)
from tf_vmfvae.data.published.newsgroups.newsgroups_dataset_builder import (
    Builder as Newsgroups,
)
from tf_vmfvae.data.published.preparation import (
    downloaded_builder,
    prepared_builder,
    source_of,
)
from tf_vmfvae.data.published.rcv1.rcv1_dataset_builder import Builder as RCV1

BUILDERS = {builder.name: builder for builder in (Newsgroups, RCV1)}
# How many documents are read at a time.
BLOCK = 10_000


def read_published(
    name: str, data_dir: str | os.PathLike | None = None
) -> tuple[dict[str, Documents], list[str]]:
    """Reads a published corpus through its TFDS builder.

    TFDS keeps the prepared data set in its own folder (TFDS_DATA_DIR, by default
    ~/tensorflow_datasets), under a name made from the files' contents.

    Args:
        name: "20ng" or "rcv1".
        data_dir: folder that holds NAME/train.feat, NAME/test.feat and
            NAME/vocab.new; without these, 20ng is downloaded.

    Returns:
        A mapping from "train" and "test" to documents, including empty ones, and the
        vocabulary.

    Raises:
        ValueError: if a file is unusable, or there are neither files nor a download.
    """
    builder = _builder(BUILDERS[name], data_dir)
    splits = {split: _documents(builder, split) for split in FILES}
    return splits, list(builder.info.metadata["vocabulary"])


def _builder(
    builder_class: type[FeatureBuilder], data_dir: str | os.PathLike | None
) -> FeatureBuilder:
    folder = pathlib.Path("data_dir" if data_dir is None else data_dir)
    files = [
        folder / builder_class.name / file for file in (*FILES.values(), VOCABULARY)
    ]
    if data_dir is not None and any(map(os.path.lexists, files)):
        for file in files:
            if not file.exists():
                others = f"{', '.join(FILES.values())} and {VOCABULARY}"
                raise ValueError(f"{file} does not exist: put it next to {others}")
        return prepared_builder(builder_class, source_of(_contents(files)), folder)
    if builder_class.URL is None:
        raise ValueError(
            f"no file {files[0]}: {builder_class.MANUAL_DOWNLOAD_INSTRUCTIONS} Then "
            "point data_dir at the folder above it (--data_dir)"
        )
    return downloaded_builder(builder_class, files[0])


def _contents(files: Iterable[pathlib.Path]) -> Iterator[bytes]:
    for path in files:
        yield b"%d\0" % path.stat().st_size
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                yield chunk


def _documents(builder: tfds.core.DatasetBuilder, split: str) -> Documents:
    pairs, lengths, labels = [], [], []
    dataset = builder.as_dataset(split=split, shuffle_files=False)
    for block in dataset.ragged_batch(BLOCK):
        words, counts = block["words"], block["counts"]
        pairs.append(
            np.stack([words.flat_values.numpy(), counts.flat_values.numpy()], axis=1)
        )
        lengths.append(words.row_lengths().numpy())
        labels += [label.decode() for label in block["label"].numpy().tolist()]
    return Documents(
        np.concatenate(pairs),
        np.cumsum(np.concatenate([[0], *lengths]), dtype=np.int64),
        np.array(labels),
    )
