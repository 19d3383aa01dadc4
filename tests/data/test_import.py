import subprocess
import sys

SCRIPT = """
import sys
from tf_vmfvae import data
data.load("embedded")
slow = {"tensorflow_datasets", "gensim", "sklearn.feature_extraction"}
assert slow.isdisjoint(sys.modules), slow.intersection(sys.modules)
"""


def test_slow_libraries_are_not_imported_before_they_are_needed():
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=300)
