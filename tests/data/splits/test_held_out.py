import numpy as np
import pytest

from tf_vmfvae.data.splits.held_out import hold_out


@pytest.mark.parametrize(
    ("num_examples", "num_splits", "sizes"),
    [(100, 1, [95, 5]), (100, 2, [90, 5, 5]), (19, 2, [17, 1, 1]), (3, 2, [1, 1, 1])],
)
def test_one_example_in_20_is_held_out_for_each_split(num_examples, num_splits, sizes):
    found = hold_out(num_examples, num_splits)

    assert [len(rows) for rows in found] == sizes
    assert sorted(np.concatenate(found)) == list(range(num_examples))
    assert all(np.all(np.diff(rows) > 0) for rows in found)


def test_the_choice_depends_only_on_the_seed():
    first, again, other = (hold_out(200, seed=seed)[1] for seed in (1, 1, 2))

    assert first.tolist() == again.tolist() != other.tolist()
