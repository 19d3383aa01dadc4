"""The programs that train models and use them, such as `python -m trainers.lm`."""

import sys

# Python sets this until it has found the program of `python -m trainers.lm`. Nothing of
# the program has been imported yet, and the import takes a while.
if sys.argv[:1] == ["-m"]:
    from trainers.cli import interruptions

    interruptions.end_at_once()
