"""Programs that look into trained models: python -m analysis.NAME."""

import os

# TensorFlow reads it when it is imported, which each program does after this.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
