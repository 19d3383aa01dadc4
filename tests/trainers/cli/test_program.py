"""Programs import what they use."""

import json
import subprocess
import sys

SCRIPT = """
import json, sys
from trainers.cli.program import UNUSED, importing_tensorflow

with importing_tensorflow():
    from trainers.lm.task import LMTask
imported = [name for name in UNUSED if name in sys.modules]
import pandas, sklearn.cluster
print(json.dumps([imported, "keras" in sys.modules]))
"""


def test_what_only_keras_would_use_is_not_imported_and_stays_importable():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [[], True]
