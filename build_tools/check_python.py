"""Stops with a message if tf_vmfvae does not work with the Python that runs this.

    PYTHON build_tools/check_python.py PYTHON

The argument is how the user named the interpreter. The message has to appear in old
versions of Python too, so this file has no f-strings.
"""

import sys

VERSION = sys.version_info[:2]

if not (3, 10) <= VERSION <= (3, 13):
    sys.exit(
        "tf_vmfvae needs Python 3.10 to 3.13, but "
        + sys.argv[1]
        + " is Python "
        + ".".join(map(str, VERSION))
        + ". Choose another: make PYTHON=python3.11"
    )
