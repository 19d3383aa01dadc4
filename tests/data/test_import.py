import subprocess
import sys

SCRIPT = """
import sys
from tf_vmfvae import data
data.load("embedded")
slow = {"tensorflow_datasets", "gensim", "sklearn.feature_extraction"}
assert slow.isdisjoint(sys.modules), slow.intersection(sys.modules)
import tensorflow_datasets as tfds
for name in ("newsgroups", "ptb", "rcv1", "yelp"):
    assert tfds.builder_cls(name).__module__.startswith("tf_vmfvae."), name
"""


def test_slow_libraries_wait_until_they_are_needed_and_tfds_then_has_the_builders():
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=300)
