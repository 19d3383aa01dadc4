"""Batches in which some sentences were written by a model."""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from tf_vmfvae.data.batches.batches import MAX_BUCKETS, Batches
from tf_vmfvae.data.batches.stored_ids import StoredIds


class AugmentedBatches(Batches):
    """Batches in which synthetic sentences replace a share of the real ones.

    A model that reads a corpus many times memorises it. A language model trained on
    the same corpus can write any number of new sentences, and a second model that is
    also trained on these learns what the first one has learned (sequence-level
    knowledge distillation, Kim and Rush 2016).

    Every epoch has as many examples as the corpus, with the same lengths. In each
    epoch another random choice of sentences is replaced by synthetic ones of exactly
    the same length. A sentence whose length no synthetic sentence has is kept.

    Args:
        ids: int32 ragged `[corpus_examples, None]`, or `StoredIds`, as for `Batches`.
        synthetic: int32 ragged `[synthetic_examples, None]`, likewise.
        share: float in [0, 1]. Share of the sentences of an epoch that are replaced.
        batch_size: as for `Batches`.
        buckets: as for `Batches`.
        shuffle: as for `Batches`.
        seed: as for `Batches`; also the seed of the replacements.

    Raises:
        ValueError: as for `Batches`, if `share` is out of range, or there are labels.

    >>> real = tf.ragged.constant([[5, 2], [4, 6, 2], [7, 2], [3, 2]], dtype=tf.int32)
    >>> written = tf.ragged.constant([[9, 2], [8, 2]], dtype=tf.int32)
    >>> batches = AugmentedBatches(real, written, 1.0, batch_size=4, shuffle=False)
    >>> [row[0] for row in next(iter(batches.dataset())).numpy().tolist()]
    [8, 9, 8, 4]
    """

    def __init__(
        self,
        ids: tf.RaggedTensor | StoredIds,
        synthetic: tf.RaggedTensor,
        share: float,
        batch_size: int,
        buckets: int | Sequence[int] = MAX_BUCKETS,
        shuffle: bool = True,
        seed: int = 0,
    ) -> None:
        if not 0 <= share <= 1:
            raise ValueError(f"share is {share}: give a number from 0 to 1")
        for name, given in (("ids", ids), ("synthetic", synthetic)):
            if isinstance(given, Mapping):
                raise ValueError(
                    f"{name} is a dictionary: a synthetic sentence has no label, so "
                    "this works for models without labels only"
                )
        self.share = float(share)
        is_stored = isinstance(ids, StoredIds)
        self._corpus_examples = len(ids) if is_stored else int(ids.nrows())
        lengths = ids.lengths if is_stored else ids.row_lengths()
        # A sentence longer than all of the corpus cannot replace any.
        fits = synthetic.row_lengths() <= tf.cast(tf.reduce_max(lengths), tf.int64)
        synthetic = tf.ragged.boolean_mask(synthetic, fits)
        if is_stored:
            both = ids.followed_by(synthetic)
        else:
            both = tf.concat([ids, synthetic], axis=0)
        super().__init__(both, batch_size, buckets, shuffle, seed)

    def _epoch_size(self):
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
            # Each is used once before any is used again.
            drawn = np.resize(rng.permutation(pool), len(places))
            chosen.append(drawn if len(pool) else places)
        return np.concatenate(chosen)
