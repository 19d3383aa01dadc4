"""What the tests of the distributions compare with."""

import importlib.util
import pathlib

import numpy as np
import pytest
from scipy import integrate

_ACCURACY = pathlib.Path(__file__).parents[2] / "benchmarks" / "accuracy.py"


@pytest.fixture(scope="session")
def accuracy():
    """The benchmark that holds the 60-digit reference values."""
    spec = importlib.util.spec_from_file_location("accuracy_benchmark", _ACCURACY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def angle_cdf():
    """CDF of the angle between a draw and the mean direction, by integration.

    Of the angle and not of its cosine, which near 1 has no digits left in float32.
    """

    def build(log_density, dimension):
        """`log_density(cosine)` is the law's own; the sphere's factor is added."""
        angle = np.linspace(0, np.pi, 40_001)[1:-1]
        # Finer where a narrow law has its mass.
        angle = np.concatenate([np.geomspace(1e-7, angle[0], 20_000)[:-1], angle])
        log = log_density(np.cos(angle)) + (dimension - 2) * np.log(np.sin(angle))
        mass = integrate.cumulative_simpson(
            np.exp(log - log.max()), x=angle, initial=0.0
        )
        return lambda at: np.interp(at, angle, mass / mass[-1])

    return build
