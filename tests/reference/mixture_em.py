"""Expectation maximisation for a von Mises-Fisher mixture, the slow and plain way."""

import numpy as np
import scipy.special
from scipy import optimize, stats


def mean_length(dimension: int, kappa: float) -> float:
    """Returns I_(d/2)(kappa) / I_(d/2-1)(kappa) by SciPy."""
    half = dimension / 2
    return scipy.special.ive(half, kappa) / scipy.special.ive(half - 1, kappa)


def concentration(dimension: int, goal: float) -> float:
    """Returns the concentration at which the mean length is `goal`."""
    # Banerjee et al. (2005); a bracket around it also keeps SciPy from underflow.
    near = goal * (dimension - goal**2) / (1 - goal**2)
    return optimize.brentq(
        lambda kappa: mean_length(dimension, kappa) - goal,
        near / 2,
        2 * near,
        xtol=1e-12,
    )


def em(samples, directions, iterations, weights=None):
    """Runs EM from hard assignments to `directions`; returns the log-likelihoods.

    Args:
        samples: unit vectors `[rows, d]`.
        directions: `[components, d]`.
        iterations: how many.
        weights: a weight for each row, or `None`.

    Returns:
        Mean log-likelihood of a row after each iteration, and the last parameters:
        shares, directions and concentrations.
    """
    weights = np.ones(len(samples)) if weights is None else np.asarray(weights, float)
    dimension = samples.shape[1]
    shares = np.eye(len(directions))[np.argmax(samples @ directions.T, axis=1)]
    history = []
    for _ in range(iterations):
        shares = shares * weights[:, None]
        mass, resultant = shares.sum(axis=0), shares.T @ samples
        length = np.linalg.norm(resultant, axis=1)
        directions = resultant / length[:, None]
        kappas = [concentration(dimension, goal) for goal in length / mass]
        joint = np.stack(
            [
                stats.vonmises_fisher(direction, kappa).logpdf(samples)
                for direction, kappa in zip(directions, kappas, strict=True)
            ],
            axis=1,
        ) + np.log(mass / mass.sum())
        log_density = scipy.special.logsumexp(joint, axis=1)
        history.append(np.average(log_density, weights=weights))
        shares = np.exp(joint - log_density[:, None])
    return history, (mass / mass.sum(), directions, np.array(kappas))
