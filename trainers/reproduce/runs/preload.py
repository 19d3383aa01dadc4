"""Imported by the process that `ForkedProgram` copies; has effects on import.

In a session of its own, the process and its copies do not get the terminal's Ctrl-C.
"""

import contextlib
import importlib
import os

from trainers.cli.program import importing_tensorflow

MODULES = (
    "trainers.bow.task",
    "trainers.evaluate.run",
    "trainers.generate.run",
    "trainers.lm.task",
    "trainers.training.run",
    # The library imports these only once it needs them.
    "matplotlib.figure",
    "sklearn.cluster",
    "sklearn.linear_model",
    "sklearn.neural_network",
)

os.setsid()
# If an import fails, each copy tries again, and reports the error as any program does.
with contextlib.suppress(Exception), importing_tensorflow():
    for module in MODULES:
        importlib.import_module(module)
