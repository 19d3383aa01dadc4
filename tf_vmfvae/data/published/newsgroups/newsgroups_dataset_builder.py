"""TFDS builder of 20 Newsgroups as bags of words."""

from tf_vmfvae.data.published.base.builder import ARCHIVES
from tf_vmfvae.data.published.base.feature_builder import FeatureBuilder


class Builder(FeatureBuilder):
    """20 Newsgroups as Miao et al. (2016) prepared it, with 2,000 words.

    Reads 20ng/train.feat, 20ng/test.feat and 20ng/vocab.new from TFDS's manual folder;
    if none of them is there, downloads them. (TFDS allows no name that begins with a
    digit.)

    >>> Builder.name
    'newsgroups'
    """

    FOLDER = "20ng"
    HOMEPAGE = "http://qwone.com/~jason/20Newsgroups/"
    URL = f"{ARCHIVES}/20ng.zip"
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Put train.feat, test.feat and vocab.new into a folder 20ng/."
    )
