"""Speed of generation, beside a full forward pass of the same sentences.

    python -m benchmarks.generation --model=saved_models/ptb_vmf

Samples sentences from the prior, 64 at a time, and then asks the model for the
likelihood of those very sentences. The two are timed in turns; medians are given.
"""

import statistics
import time

import tensorflow as tf

from benchmarks import trained_model

BATCH = 64


def main() -> None:
    """Parses the arguments, measures and prints."""
    parser = trained_model.make_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    model = trained_model.load(parser, arguments.model)

    def generate(seed):
        return model.generate(BATCH, seed=seed)

    @tf.function(reduce_retracing=True)
    def forward(ids, z):
        return model.likelihood([ids, z], training=False)

    z = model.latent.prior().sample(BATCH, seed=(1, 2))
    generating, passing, words = [], [], []
    # The first two rounds trace and compile.
    for seed in range(arguments.rounds + 2):
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


def _timed(function):
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main()
