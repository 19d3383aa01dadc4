"""NVDM with a fixed-kappa vMF code in PyTorch, for `benchmarks.bow_step`.

Layers, loss and optimiser are the same. Codes are drawn as spherical VAEs in PyTorch
do: by the rejection scheme of Ulrich and Wood (1994), for a whole batch at once.
"""

import math
import time

import numpy as np
import torch
from torch import nn


class TorchNVDM(nn.Module):
    """The model and its training loop.

    Args:
        counts: sparse matrix, `[documents, words]`.
        options: values of the flags of `benchmarks.bow_step`.
    """

    def __init__(self, counts, options):
        super().__init__()
        torch.manual_seed(1)
        torch.set_num_threads(options.threads)
        self.counts = counts
        self.options = options
        words, width, d = counts.shape[1], options.hidden_dim, options.latent_dim
        self.encoder = nn.Sequential(
            nn.Linear(words, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()
        )
        self.mean_direction = nn.Linear(width, d)
        self.log_scale = nn.Parameter(torch.full((d,), 0.5 * math.log(d)))
        self.decoder = nn.Sequential(
            nn.Linear(d, width), nn.ReLU(), nn.Linear(width, words)
        )
        self.optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        self.order = np.random.default_rng(0)

    def forward(self, counts: torch.Tensor) -> torch.Tensor:
        """Returns the reconstruction NLL of each document; the KL is constant."""
        direction = self.mean_direction(self.encoder(torch.log1p(counts)))
        z = self.sample(nn.functional.normalize(direction, dim=-1))
        logits = self.decoder(z * self.log_scale.exp())
        return -(counts * torch.log_softmax(logits, dim=-1)).sum(-1)

    def sample(self, mean: torch.Tensor) -> torch.Tensor:
        """Draws a code for each mean direction."""
        cosine = self.sample_cosine(len(mean))[:, None]
        noise = torch.randn_like(mean)
        across = noise - (noise * mean).sum(-1, keepdim=True) * mean
        across = nn.functional.normalize(across, dim=-1)
        return cosine * mean + torch.sqrt(1 - cosine**2) * across

    def sample_cosine(self, count: int) -> torch.Tensor:
        """Draws cosines with the mean direction by rejection."""
        kappa, d = self.options.kappa, self.options.latent_dim
        b = (d - 1) / (2 * kappa + math.sqrt(4 * kappa**2 + (d - 1) ** 2))
        x = (1 - b) / (1 + b)
        c = kappa * x + (d - 1) * math.log(1 - x**2)
        beta = torch.distributions.Beta((d - 1) / 2, (d - 1) / 2)
        cosine = torch.zeros(count)
        todo = torch.arange(count)
        while len(todo):
            e = beta.sample((len(todo),))
            w = (1 - (1 + b) * e) / (1 - (1 - b) * e)
            threshold = torch.log(torch.rand(len(todo)))
            accepted = kappa * w + (d - 1) * torch.log(1 - x * w) - c >= threshold
            cosine[todo[accepted]] = w[accepted]
            todo = todo[~accepted]
        return cosine

    def run_epoch(self) -> float:
        """Trains for an epoch; returns documents per second."""
        size, total = self.options.batch_size, self.counts.shape[0]
        order = self.order.permutation(total)
        start = time.perf_counter()
        for first in range(0, total, size):
            batch = self.counts[order[first : first + size]].toarray()
            loss = self(torch.from_numpy(batch.astype(np.float32))).mean()
            self.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.parameters(), 20.0)
            self.optimizer.step()
        return total / (time.perf_counter() - start)
