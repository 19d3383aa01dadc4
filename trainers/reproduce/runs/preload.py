"""Imported by the process that `ForkedProgram` copies; has effects on import.

In a session of its own, the process and its copies do not get the terminal's Ctrl-C.
"""

import contextlib
import os

from trainers.cli.program import importing_tensorflow

os.setsid()
# If the import fails, each copy tries again, and reports the error as any program does.
with contextlib.suppress(Exception), importing_tensorflow():
    # The library imports these only once it needs them.

    import trainers.bow.task
    import trainers.evaluate.run
    import trainers.generate.run
    import trainers.lm.task
    import trainers.training.run  # noqa: F401
