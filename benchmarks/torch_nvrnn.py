"""The language model of benchmarks.lm_step in PyTorch, timed.

    python benchmarks/torch_nvrnn.py --modes=fp32 --vocabulary=50000

It needs PyTorch and NumPy, but neither TensorFlow nor this library, so it runs in an
environment of its own. With `--cutoffs` it takes PyTorch's AdaptiveLogSoftmaxWithLoss.
The code is drawn as cheaply as possible: a normalised mean with normal noise.
"""

import argparse
import statistics
import time

import numpy as np
import torch
from torch import nn

EMBEDDING, HIDDEN, CODE = 100, 400, 50


class TorchNVRNN(nn.Module):
    """Encoder and decoder LSTMs with a code at every step."""

    def __init__(self, vocabulary_size, cutoffs):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, EMBEDDING)
        self.encoder = nn.LSTM(EMBEDDING, HIDDEN, batch_first=True)
        self.mean = nn.Linear(2 * HIDDEN, CODE)
        self.initial = nn.Linear(CODE, 2 * HIDDEN)
        self.decoder = nn.LSTM(EMBEDDING + CODE, HIDDEN, batch_first=True)
        if cutoffs:
            self.output = nn.AdaptiveLogSoftmaxWithLoss(
                HIDDEN, vocabulary_size, cutoffs, head_bias=True
            )
        else:
            self.output = nn.Linear(HIDDEN, vocabulary_size)

    def forward(self, ids):
        """Returns the mean NLL of a word."""
        words = self.embedding(ids)
        _, state = self.encoder(words)
        mean = nn.functional.normalize(self.mean(torch.cat(state, dim=-1)[0]), dim=-1)
        code = nn.functional.normalize(mean + 0.1 * torch.randn_like(mean), dim=-1)
        at_each_word = code[:, None].expand(-1, ids.shape[1], -1)
        h, c = (part[None].contiguous() for part in self.initial(code).chunk(2, dim=-1))
        outputs, _ = self.decoder(torch.cat([words, at_each_word], dim=-1), (h, c))
        features, targets = outputs.reshape(-1, HIDDEN), ids.reshape(-1)
        if isinstance(self.output, nn.AdaptiveLogSoftmaxWithLoss):
            return self.output(features, targets).loss
        return nn.functional.cross_entropy(self.output(features).float(), targets)


def zipf_words(vocabulary_size, shape):
    """Returns random word numbers, from 0, that follow Zipf's law."""
    shares = 1 / np.arange(1, vocabulary_size + 1)
    rng = np.random.default_rng(0)
    return rng.choice(vocabulary_size, shape, p=shares / shares.sum())


def step_seconds(options, mode):
    """Returns the median wall-clock and CPU seconds of a training step."""
    torch.manual_seed(0)
    cutoffs = [int(cutoff) for cutoff in options.cutoffs.split(",") if cutoff]
    device = torch.device(options.device)
    model = TorchNVRNN(options.vocabulary, cutoffs).to(device)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    words = zipf_words(options.vocabulary, (options.batch, options.steps))
    ids = torch.from_numpy(words).to(device)
    seconds, cpu_seconds = [], []
    for _ in range(options.repeats + 2):
        start, cpu_start = time.perf_counter(), time.process_time()
        optimizer.zero_grad()
        with torch.autocast(device.type, torch.bfloat16, enabled=mode == "bf16"):
            loss = model(ids)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        loss.item()
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(time.process_time() - cpu_start)
    return statistics.median(seconds[2:]), statistics.median(cpu_seconds[2:])


def main():
    """Prints one line per precision."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modes", default="fp32")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--vocabulary", type=int, default=10_000)
    parser.add_argument("--cutoffs", default="", help="of the adaptive softmax; a,b")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    for mode in options.modes.split(","):
        seconds, cpu_seconds = step_seconds(options, mode)
        print(
            f"torch {torch.__version__} {mode}: {1e3 * seconds:.1f} ms, "
            f"{1e3 * cpu_seconds:.1f} CPU ms"
        )


if __name__ == "__main__":
    main()
