"""Programs that train models and use them: `python -m trainers.lm` and others."""

import sys

# So Python names itself as long as it looks for the program of `python -m trainers.lm`:
# nothing of the program has been imported yet, and importing it takes a while.
if sys.argv[:1] == ["-m"]:
    from trainers.cli import interruptions

    interruptions.end_at_once()
