"""The published bag-of-words corpora, prepared by TFDS."""

import hashlib
import os
import pathlib

import numpy as np
import tensorflow_datasets as tfds

from tf_vmfvae.data.documents import Documents
from tf_vmfvae.data.feature_builder import FILES, VOCABULARY
from tf_vmfvae.data.newsgroups.newsgroups_dataset_builder import Builder as Newsgroups
from tf_vmfvae.data.preparation import (
    download_problem,
    prepared_builder,
    root_folder,
)
from tf_vmfvae.data.rcv1.rcv1_dataset_builder import Builder as RCV1

BUILDERS = {builder.name: builder for builder in (Newsgroups, RCV1)}
# Documents that are read in one go.
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
            NAME/vocab.new; without these 20ng is downloaded.

    Returns:
        "train" and "test" -> documents, empty ones included; and the vocabulary.

    Raises:
        ValueError: a file is unusable, or there are no files and no download.
    """
    builder_class = BUILDERS[name]
    folder = None if data_dir is None else pathlib.Path(data_dir)
    names = (*FILES.values(), VOCABULARY)
    files = [] if folder is None else [folder / name / file for file in names]
    if any(map(os.path.lexists, files)):
        _check_whole(files)
        builder = prepared_builder(builder_class, _digest(files), folder)
    else:
        _check_download(builder_class, files)
        builder = prepared_builder(builder_class, "download", None)
    splits = {split: _documents(builder, split) for split in FILES}
    return splits, list(builder.info.metadata["vocabulary"])


def _check_whole(files):
    for file in files:
        if not file.exists():
            raise ValueError(
                f"{file} does not exist: put it beside {', '.join(FILES.values())} "
                f"and {VOCABULARY}"
            )


def _check_download(builder_class, files):
    looked_for = files[0] if files else f"data_dir/{builder_class.name}/train.feat"
    if builder_class.URL is None:
        instructions = builder_class.MANUAL_DOWNLOAD_INSTRUCTIONS
        raise ValueError(
            f"no file {looked_for}: {instructions} Then point data_dir at the folder "
            "above it (--data_dir)"
        )
    if builder_class(data_dir=root_folder("download")).data_path.exists():
        return
    problem = download_problem(builder_class.URL)
    if problem:
        raise ValueError(
            f"no file {looked_for} and no download from {builder_class.URL} "
            f"({problem}): point data_dir at the folder above {builder_class.name}/ or "
            "choose dataset embedded, which needs neither (--dataset=embedded)"
        )


def _digest(files):
    digest = hashlib.sha256()
    for path in files:
        digest.update(b"%d\0" % path.stat().st_size)
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()[:16]


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
