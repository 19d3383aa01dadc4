"""TFDS builder of Reuters RCV1-v2 as bags of words."""

from tf_vmfvae.data.published.base.feature_builder import FeatureBuilder


class Builder(FeatureBuilder):
    """RCV1-v2 as Miao et al. (2016) prepared it, with 10,000 words.

    Reads rcv1/train.feat, rcv1/test.feat and rcv1/vocab.new from TFDS's manual folder.
    They cannot be downloaded by a program.

    >>> Builder.name
    'rcv1'
    """

    FOLDER = "rcv1"
    HOMEPAGE = "https://trec.nist.gov/data/reuters/reuters.html"
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Get train.feat, test.feat and vocab.new from "
        "https://utexas.box.com/s/36iue908zi0m41ee4ciy8e2xi48bcwko (a link of "
        "https://github.com/jiacheng-xu/vmf_vae_nlp) and put them into a folder rcv1/."
    )
