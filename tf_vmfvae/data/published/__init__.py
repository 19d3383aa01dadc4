"""Published corpora, with a TFDS builder for each.

TFDS registers a builder when its module is imported, so importing this package makes
`tfds.load` find all of them.
"""

from tf_vmfvae.data.published.newsgroups import newsgroups_dataset_builder
from tf_vmfvae.data.published.ptb import ptb_dataset_builder
from tf_vmfvae.data.published.rcv1 import rcv1_dataset_builder
from tf_vmfvae.data.published.yelp import yelp_dataset_builder

__all__ = [
    "newsgroups_dataset_builder",
    "ptb_dataset_builder",
    "rcv1_dataset_builder",
    "yelp_dataset_builder",
]
