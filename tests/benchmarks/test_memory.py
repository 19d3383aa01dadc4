import subprocess
import sys

PROGRAM = """
from benchmarks.memory import peak_memory
before = peak_memory()
held = bytearray(300 * 2**20)
del held
print(before, peak_memory())
"""


def test_the_peak_is_that_of_this_process_alone():
    # A parent's memory would count in getrusage's figure.
    held = bytearray(400 * 2**20)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    del held
    before, after = map(float, done.stdout.split())
    assert 0 < before < 0.2
    assert 0.29 < after - before < 0.35
