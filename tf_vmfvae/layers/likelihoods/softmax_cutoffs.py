"""Where an adaptive softmax cuts its vocabulary, by a model of what a step costs."""

import itertools
from collections.abc import Sequence

import numpy as np

MOST_TAILS = 3
# Ends of clusters that are tried.
CANDIDATES = 36
# What a step costs on top of its products, in multiplications of one row by one
# number, forward and backward (`6 * rows * classes * width` operations make `rows *
# classes * width` of these): for each logit, its exponential and the passes over it;
# for each weight, its gradient and Adam's passes; for each tail, its operations. Fitted
# to times on one core with AVX-512, for 30 to 1,536 rows, 2,000 to 50,000 classes and
# widths of 6 to 400. Other numbers would give other cutoffs, and a training run that
# was begun with these could not be resumed.
PER_LOGIT = 60
PER_WEIGHT = 115
PER_TAIL = 2e7


def softmax_cutoffs(counts: Sequence[int], width: int, rows: int = 1024) -> list[int]:
    """Returns the cutoffs with which an adaptive softmax trains fastest.

    Grave et al. (2017), section 4, choose cutoffs by a model of the time that products
    take. Here the model has the products, the passes over logits and weights, and a
    constant for each tail, with factors that were measured. It counts all tails in full
    width, as a tied `AdaptiveWordSoftmax` has them: otherwise it would choose a tiny
    head, because narrow tails cost little and their loss in quality has no price here.
    One to three tails are tried.

    Args:
        counts: how often each word of the vocabulary occurs, in its order: most
            frequent words first, `<unk>` and `<eos>` included.
        width: width of the features.
        rows: number of words in a training batch.

    Returns:
        The `cutoffs` of `AdaptiveWordSoftmax`.

    Raises:
        ValueError: if there are fewer than 2 words, a count is negative, or all are 0.

    Example:
    >>> import tf_vmfvae
    >>> counts = [1_000_000 // rank for rank in range(1, 50_001)]
    >>> tf_vmfvae.layers.softmax_cutoffs(counts, width=100)
    [744, 8238, 27410]
    """
    counts = np.asarray(counts, float)
    if counts.ndim != 1 or len(counts) < 2:
        raise ValueError("counts: give the counts of at least 2 words")
    if not (counts.min() >= 0 and 0 < counts.sum() < np.inf):
        raise ValueError("counts: give counts of 0 or more, at least one above 0")
    size = len(counts)
    spread = np.geomspace(1, size, CANDIDATES + 1)[:-1]
    ends = sorted({*np.round(spread).astype(int).tolist()} - {size})
    options = itertools.chain.from_iterable(
        itertools.combinations(ends, tails) for tails in range(1, MOST_TAILS + 1)
    )
    cost = cost_model(counts, width, rows)
    return list(min(options, key=cost))


def cost_model(counts: Sequence[int], width: int, rows: int):
    """Returns a function from cutoffs to what a training step then costs.

    Args:
        counts: as for `softmax_cutoffs`.
        width: likewise.
        rows: likewise.

    Returns:
        The function; without any cutoff it gives the cost of one softmax over all
        words. Costs are in the units of this file and only their ratios mean something.

    >>> cost = cost_model([1000] * 10 + [1] * 20_000, width=100, rows=1000)
    >>> cost([10]) < cost([])
    True
    """
    # Share of the words up to each place.
    share = np.concatenate([[0.0], np.cumsum(counts) / np.sum(counts)]).tolist()

    def cost(cutoffs):
        ends = [*cutoffs, len(counts)]
        total = _softmax_cost(rows, ends[0] + len(cutoffs), width)
        for start, end in itertools.pairwise(ends):
            own_rows = rows * (share[end] - share[start])
            total += PER_TAIL + _softmax_cost(own_rows, end - start, width)
        return total

    return cost


def _softmax_cost(rows, classes, width):
    return classes * (rows * (width + PER_LOGIT) + PER_WEIGHT * width)
