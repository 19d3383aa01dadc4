"""Compares the speed of generation with that of a forward pass.

    python -m benchmarks.generation --model=saved_models/ptb_vmf

Samples sentences from the prior, 64 at a time, then computes the likelihood of the same
sentences. The two take turns; medians are printed.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from analysis import command_line
from trainers.storage.trained_model import load_language_model

BATCH = 64


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the time of both and their ratio."""
    options = command_line.make_parser(
        __doc__, **command_line.MODEL, rounds=(9, "rounds")
    ).parse_args(arguments)
    model = load_language_model(options.model)

    def generate(seed):
        return model.generate(BATCH, seed=seed)

    @tf.function(reduce_retracing=True)
    def forward(ids, z):
        return model.likelihood([ids, z], training=False)

    z = model.latent.prior().sample(BATCH, seed=(1, 2))
    generating, passing, words = [], [], []
    # The first two rounds trace and compile; they do not count.
    for seed in range(options.rounds + 2):
        seconds, texts = _timed(lambda seed=seed: generate(seed))
        ids = model.to_ids(texts).to_tensor()
        forward(ids, z)
        forward_seconds, _ = _timed(lambda ids=ids: forward(ids, z).numpy())
        if seed >= 2:
            generating.append(seconds)
            passing.append(forward_seconds)
            words.append(ids.shape[1])
    generation, forward_pass = map(statistics.median, (generating, passing))
    print(
        f"{BATCH} sentences of at most {statistics.median(words):.0f} words: "
        f"{BATCH / generation:.0f} a second, generated in {generation * 1e3:.0f} ms; "
        f"forward pass in {forward_pass * 1e3:.0f} ms, "
        f"{generation / forward_pass:.2f} times as long"
    )


def _timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """Returns the seconds that a function took, and its result."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    command_line.run(main)
