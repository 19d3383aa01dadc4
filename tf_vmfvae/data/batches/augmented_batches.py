"""Batches of sentences of which some were written by a model."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_vmfvae.data.batches.batches import Batches


class AugmentedBatches(Batches):
    """Batches in which synthetic sentences stand in for a share of the real ones.

    A corpus says of its language only so much, and a model that reads it again and
    again learns it by heart. A language model that was trained on the same corpus can
    write any number of sentences more: a model of another kind that learns from them
    too learns what the first has understood (Kim and Rush 2016 call it distillation
    by sequences).

    Every epoch has as many examples as the corpus, and they are as long. Each time
    others of its sentences, chosen at random, are replaced by synthetic ones of just
    their length; one of a length that no synthetic sentence has stays.

    Args:
        ids: int32 ragged `[corpus_examples, None]`, as for `Batches`.
        synthetic: int32 ragged `[synthetic_examples, None]`, likewise.
        share: float in [0, 1]. Share of an epoch's sentences that are replaced.
        batch_size: as for `Batches`, with the others.
        buckets: likewise.
        shuffle: likewise.
        seed: likewise; what is replaced, and by what, goes by it too.

    Raises:
        ValueError: as `Batches`, or if `share` is out of its range.

    >>> real = tf.ragged.constant([[5, 2], [4, 6, 2], [7, 2], [3, 2]], dtype=tf.int32)
    >>> written = tf.ragged.constant([[9, 2], [8, 2]], dtype=tf.int32)
    >>> batches = AugmentedBatches(real, written, 1.0, batch_size=4, shuffle=False)
    >>> [row[0] for row in next(iter(batches.dataset())).numpy().tolist()]
    [8, 9, 8, 4]
    """

    def __init__(
        self,
        ids: tf.RaggedTensor,
        synthetic: tf.RaggedTensor,
        share: float,
        batch_size: int,
        buckets: int | Sequence[int] | None = None,
        shuffle: bool = True,
        seed: int = 0,
    ) -> None:
        if not 0 <= share <= 1:
            raise ValueError(f"share is {share}: give a number from 0 to 1")
        self.share = float(share)
        self._corpus_examples = int(ids.nrows())
        # What is longer than any sentence of the corpus stands in for none.
        fits = synthetic.row_lengths() <= tf.reduce_max(ids.row_lengths())
        both = tf.concat([ids, tf.ragged.boolean_mask(synthetic, fits)], axis=0)
        super().__init__(both, batch_size, buckets, shuffle, seed)

    def _examples_an_epoch(self):
        return self._corpus_examples

    def _choose(self, rng):
        order = rng.permutation(self._corpus_examples)
        kept = round((1 - self.share) * self._corpus_examples)
        chosen, replaced = [order[:kept]], order[kept:]
        written = self._corpus_examples + np.arange(
            len(self.lengths) - self._corpus_examples
        )
        for length in np.unique(self.lengths[replaced]):
            places = replaced[self.lengths[replaced] == length]
            pool = written[self.lengths[written] == length]
            # Each once before any comes again.
            drawn = np.resize(rng.permutation(pool), len(places))
            chosen.append(drawn if len(pool) else places)
        return np.concatenate(chosen)
