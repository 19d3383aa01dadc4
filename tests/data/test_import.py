"""Importing the data package is cheap: TFDS waits until the Penn Treebank is read."""

import subprocess
import sys

SCRIPT = """
import sys
from tf_vmfvae import data
assert "tensorflow_datasets" not in sys.modules
data.load("embedded")
assert "tensorflow_datasets" not in sys.modules
"""


def test_tfds_is_not_imported_before_it_is_needed():
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=300)
