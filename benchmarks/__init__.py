"""Accuracy, speed, memory and robustness, measured: python -m benchmarks.NAME."""

import os

# TensorFlow reads it when it is imported, which each program does after this.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
