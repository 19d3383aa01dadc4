"""Base class of the TFDS builders of published bag-of-words files."""

import pathlib
from collections.abc import Iterator

import numpy as np
import tensorflow_datasets as tfds

from tf_vmfvae.data.files.feature_file import read_features, read_vocabulary
from tf_vmfvae.data.published.builder import PublishedBuilder

FILES = {"train": "train.feat", "test": "test.feat"}
VOCABULARY = "vocab.new"


class FeatureBuilder(PublishedBuilder, skip_registration=True):
    """Base class: train.feat, test.feat and vocab.new in a folder of its name.

    An example is a document: `words`, ids from 1 up, their `counts`, and the
    document's `label`. The data set's metadata holds the vocabulary.

    Attributes:
        HOMEPAGE: web page of the corpus.
    """

    HOMEPAGE: str

    def _info(self) -> tfds.core.DatasetInfo:
        numbers = tfds.features.Sequence(tfds.features.Scalar(np.int32))
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {"words": numbers, "counts": numbers, "label": tfds.features.Text()}
            ),
            homepage=self.HOMEPAGE,
            metadata=tfds.core.MetadataDict(),
            disable_shuffling=True,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator]:
        folder = self.source_folder(dl_manager, [*FILES.values(), VOCABULARY])
        vocabulary = read_vocabulary(folder / VOCABULARY)
        self.info.metadata["vocabulary"] = vocabulary
        return {
            split: self._generate_examples(folder / name, len(vocabulary))
            for split, name in FILES.items()
        }

    def _generate_examples(
        self, path: pathlib.Path, vocabulary_size: int
    ) -> Iterator[tuple[int, dict]]:
        for i, (label, pairs) in enumerate(read_features(path, vocabulary_size)):
            yield i, {"words": pairs[:, 0], "counts": pairs[:, 1], "label": label}
