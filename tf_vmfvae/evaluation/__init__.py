"""What a model is worth: bounds and their parts."""

from tf_vmfvae.evaluation.bounds import Bounds, batch_totals, evaluate

__all__ = ["Bounds", "batch_totals", "evaluate"]
