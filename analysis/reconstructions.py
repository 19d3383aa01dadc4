"""Prints how often reconstructions of embedded sentences keep the originals' factors.

    python -m analysis.reconstructions --model=runs/lm-embedded-standard-vmf

The grammar of the corpus reads the topic, sentiment and tense of each test sentence and
of its greedy reconstruction. For each factor, this prints the share of reconstructions
that keep it, and the share that would agree by chance: that of the same
reconstructions, shuffled.
"""

from collections.abc import Sequence

import numpy as np

from analysis import command_line
from tf_vmfvae import data
from trainers.storage.trained_model import load_language_model


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a line for each factor."""
    options = command_line.make_parser(
        __doc__,
        **command_line.MODEL,
        examples=(2000, "number of test sentences"),
    ).parse_args(arguments)
    model = load_language_model(options.model)
    sentences = data.embedded.sentences("test")[: options.examples]
    reconstructions = model.reconstruct(sentences)
    print(f"{len(sentences)} test sentences; share kept, and by chance")
    for name, (kept, chance) in shares_kept(sentences, reconstructions).items():
        print(f"{name:10}{kept:8.1%}{chance:8.1%}")


def shares_kept(
    originals: Sequence[str], reconstructions: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Compares what originals and reconstructions say.

    Args:
        originals: sentences of the embedded corpus.
        reconstructions: the reconstruction of each.

    Returns:
        Maps each factor to the share of reconstructions that keep its value, and the
        share that agree with it after shuffling.
    """
    read = [data.embedded.read_factors(texts) for texts in (originals, reconstructions)]
    shares = {}
    for name in read[0]:
        values, rebuilt = (np.array(factors[name], dtype=object) for factors in read)
        shuffled = np.random.default_rng(0).permutation(rebuilt)
        shares[name] = (values == rebuilt).mean(), (values == shuffled).mean()
    return shares


if __name__ == "__main__":
    command_line.run(main)
