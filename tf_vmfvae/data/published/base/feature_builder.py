"""Base class of the TFDS builders of published bag-of-words files."""

import pathlib
from collections.abc import Iterator, Mapping

import numpy as np
import tensorflow_datasets as tfds

from tf_vmfvae.data.files.feature_file import read_features, read_vocabulary
from tf_vmfvae.data.published.base.builder import PublishedBuilder

VOCABULARY = "vocab.new"


class FeatureBuilder(PublishedBuilder, skip_registration=True):
    """Base class: reads train.feat, test.feat and vocab.new.

    An example is a document: `words`, ids from 1 up, their `counts`, and the `label` of
    the document. The metadata of the data set holds the vocabulary.

    Attributes:
        HOMEPAGE: web page of the corpus.
    """

    FILES: Mapping[str, str] = {"train": "train.feat", "test": "test.feat"}
    MORE_FILES = (VOCABULARY,)
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

    def _source_folder(self, dl_manager: tfds.download.DownloadManager) -> pathlib.Path:
        folder = super()._source_folder(dl_manager)
        self.info.metadata["vocabulary"] = read_vocabulary(folder / VOCABULARY)
        return folder

    def _generate_examples(
        self, folder: pathlib.Path, split: str
    ) -> Iterator[tuple[int, dict]]:
        size = len(self.info.metadata["vocabulary"])
        features = read_features(folder / self.FILES[split], size)
        for i, (label, pairs) in enumerate(features):
            yield i, {"words": pairs[:, 0], "counts": pairs[:, 1], "label": label}
