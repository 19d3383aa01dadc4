"""Trains TopMost's neural topic models, with TopMost's own trainer and defaults."""

import importlib.metadata
import types
from collections.abc import Callable

import numpy as np
import scipy.sparse
import topmost
import torch

from benchmarks.topics.systems.fitted import Fitted, largest

# Documents whose word probabilities are computed at a time.
BLOCK = 500


def train(
    make_model: Callable[[], torch.nn.Module],
    predict: Callable[[torch.nn.Module, torch.Tensor], torch.Tensor],
    counts: scipy.sparse.csr_matrix,
    seed: int,
) -> Fitted:
    """Trains a model for 200 epochs with Adam at 0.002 and batches of 200.

    Args:
        make_model: makes the model; called after the seeds are set.
        predict: from the model and the shares of the topics to word probabilities.
        counts: training documents, `[documents, words]`.
        seed: seed of the parameters, the noise and the order of the documents.
    """
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    model = make_model()
    documents = _tensor(counts)
    dataset = types.SimpleNamespace(
        train_data=documents,
        train_dataloader=torch.utils.data.DataLoader(
            documents, batch_size=200, shuffle=True
        ),
        vocab=[str(i) for i in range(counts.shape[1])],
    )
    trainer = topmost.BasicTrainer(model, dataset)
    trainer.train()

    def predict_all(shares):
        model.eval()
        blocks = np.array_split(shares, max(len(shares) // BLOCK, 1))
        with torch.no_grad():
            return np.concatenate(
                [
                    predict(model, torch.from_numpy(block).float()).numpy()
                    for block in blocks
                ]
            )

    return Fitted(
        largest(trainer.get_beta()),
        lambda new: trainer.test(_tensor(new)),
        predict_all,
        {name: importlib.metadata.version(name) for name in ("topmost", "torch")},
    )


def _tensor(counts):
    return torch.from_numpy(counts.toarray().astype(np.float32))
