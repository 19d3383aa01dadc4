import subprocess
import sys

SCRIPT = """
import sys
from tf_vmfvae import data
data.load("embedded")
slow = {"tensorflow_datasets", "sklearn", "matplotlib"} & set(sys.modules)
assert not slow, slow
"""


def test_slow_libraries_are_not_imported_before_they_are_needed():
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, timeout=300)
