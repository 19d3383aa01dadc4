import numpy as np
import pytest

from tf_vmfvae import evaluation


def halves(inputs, targets):
    return (inputs[::2], targets[::2]), (inputs[1::2], targets[1::2])


def test_a_vector_probe_learns_a_map_but_not_noise():
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(1000, 4))
    targets = np.tanh(inputs @ rng.normal(size=(4, 6)))
    noise = rng.normal(size=(1000, 6)) + 1.0
    learned = evaluation.vector_probe(*halves(inputs, targets))
    nothing = evaluation.vector_probe(*halves(inputs, noise))

    assert learned.score > 0.9
    assert abs(learned.baseline) < 0.2
    assert nothing.score < nothing.baseline + 0.05
    assert nothing.baseline > 0.4


def test_a_label_probe_learns_a_boundary_but_not_noise():
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(1000, 4))
    learned = evaluation.label_probe(*halves(inputs, inputs[:, 0] + inputs[:, 1] > 1))
    nothing = evaluation.label_probe(*halves(inputs, rng.random(1000) > 0.8))

    assert learned.score > 0.95
    assert nothing.score == pytest.approx(nothing.baseline, abs=0.03)


def test_a_single_label_is_always_predicted_correctly():
    inputs = np.zeros((10, 2))
    probe = evaluation.label_probe((inputs, ["a"] * 10), (inputs, ["a"] * 10))

    assert (probe.score, probe.baseline) == (1, 1)


def test_a_vector_probe_says_how_many_examples_it_takes():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(11, 3))
    assert evaluation.vector_probe((vectors, vectors), (vectors, vectors)).score > -1
    few = vectors[:10], vectors[:10]
    with pytest.raises(ValueError, match=r"10 training examples are too few: .* 11$"):
        evaluation.vector_probe(few, few)


def test_a_cosine_probe_learns_directions_but_not_noise():
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(600, 4))
    targets = np.tanh(inputs @ rng.normal(size=(4, 6)))
    noise = rng.normal(size=(600, 6)) + 1.0
    learned = evaluation.cosine_probe(*halves(inputs, targets), epochs=20)
    nothing = evaluation.cosine_probe(*halves(inputs, noise), epochs=3)

    assert learned.score > 0.9
    assert abs(learned.baseline) < 0.2
    assert nothing.score < nothing.baseline + 0.05


def test_a_cosine_probe_ignores_lengths_and_repeats_itself():
    rng = np.random.default_rng(1)
    inputs, targets = rng.normal(size=(200, 3)), rng.normal(size=(200, 3))
    lengths = rng.uniform(0.5, 2.0, size=(200, 1))
    one = evaluation.cosine_probe(*halves(inputs, targets), epochs=2, seed=5)
    other = evaluation.cosine_probe(
        *halves(inputs, targets * lengths), epochs=2, seed=5
    )
    assert one.score == pytest.approx(other.score, abs=1e-5)
    assert one.baseline == pytest.approx(other.baseline, abs=1e-9)
