"""Programs that analyse trained models: python -m analysis.NAME."""

import os

# TensorFlow reads this when a program imports it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
