"""ECRTM (Wu et al. 2023) as TopMost implements it."""

import topmost
import torch

from benchmarks.topics.systems.fitted import Fitted
from benchmarks.topics.systems.topmost_training import train


def fit(counts, vocabulary, topics: int, seed: int) -> Fitted:
    """Fits ECRTM with TopMost's defaults; it learns its word vectors."""

    def predict(model, shares):
        logits = model.decoder_bn(shares @ model.get_beta())
        return torch.softmax(logits, dim=-1)

    return train(
        lambda: topmost.ECRTM(len(vocabulary), num_topics=topics),
        predict,
        counts,
        seed,
    )
