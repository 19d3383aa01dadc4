"""The programs that train models and use them, such as `python -m trainers.lm`."""

import os
import sys

# Python sets this until it has found the program of `python -m trainers.lm`; a console
# script has its own name. Nothing of the program has been imported yet, and the import
# takes a while.
_name = os.path.basename(sys.argv[0]) if sys.argv else ""
if _name == "-m" or _name.startswith("tf-vmfvae-"):
    from trainers.cli import interruptions

    interruptions.end_at_once()
