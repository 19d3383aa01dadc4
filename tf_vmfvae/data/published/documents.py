"""Reads the published bag-of-words corpora, prepared by TFDS."""

import os

import numpy as np
import tensorflow_datasets as tfds

from tf_vmfvae.data.documents.documents import Documents
from tf_vmfvae.data.published.base.preparation import prepared_builder
from tf_vmfvae.data.published.newsgroups.newsgroups_dataset_builder import (
    Builder as Newsgroups,
)
from tf_vmfvae.data.published.rcv1.rcv1_dataset_builder import Builder as RCV1

BUILDERS = {builder.FOLDER: builder for builder in (Newsgroups, RCV1)}
# Documents that are read at a time.
BLOCK = 10_000


def read_published(
    name: str, data_dir: str | os.PathLike | None = None
) -> tuple[dict[str, Documents], list[str]]:
    """Reads a published corpus through its TFDS builder.

    Args:
        name: "20ng" or "rcv1".
        data_dir: folder that holds NAME/train.feat, NAME/test.feat and NAME/vocab.new;
            without these, 20ng is downloaded.

    Returns:
        A mapping from "train" and "test" to documents, including empty ones, and the
        vocabulary.

    Raises:
        ValueError: a file is unusable, or there are neither files nor a download.
    """
    builder = prepared_builder(BUILDERS[name], data_dir)
    splits = {split: _documents(builder, split) for split in builder.FILES}
    return splits, list(builder.info.metadata["vocabulary"])


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
