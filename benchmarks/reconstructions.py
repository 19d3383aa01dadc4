"""What reconstructions on the embedded corpus keep of their sentences.

    python -m benchmarks.reconstructions --model=runs/lm-embedded-standard-vmf

The grammar that made the corpus reads topic, sentiment and tense of each test sentence
and of its greedy reconstruction. Beside the share that agrees stands that of the same
reconstructions in another order: what chance would give.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks import trained_model
from tf_vmfvae import data

FACTORS = (data.embedded.topic, data.embedded.sentiment, data.embedded.tense)


def main() -> int:
    """Prints a line for each factor."""
    parser = trained_model.make_parser(__doc__)
    parser.add_argument("--count", type=int, default=2000, help="test sentences")
    options = parser.parse_args()
    trained_model.check_count(parser, options.count)
    model = trained_model.load(parser, options.model)
    sentences = data.load("embedded").test[: options.count]
    reconstructions = model.reconstruct(sentences)
    print(f"{len(sentences)} test sentences; share kept, and by chance")
    for read in FACTORS:
        originals = np.array([read(text) for text in sentences], dtype=object)
        rebuilt = np.array([read(text) for text in reconstructions], dtype=object)
        others = np.random.default_rng(0).permutation(rebuilt)
        kept, chance = (originals == rebuilt).mean(), (originals == others).mean()
        print(f"{read.__name__:10}{kept:8.1%}{chance:8.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
