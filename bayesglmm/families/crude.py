"""Crude facts about responses, before there is a model: empirical links, intervals of raw means."""

from __future__ import annotations

import numpy as np

from bayesglmm.families.rows import Array, Rows


def empirical_log(rows: Rows) -> Array:
    """Logarithm of the rate of each row, half an event added.

    Cox (1970), The Analysis of Binary Data, section 3.2, for the half.

    Parameters
    ----------
    rows : Rows
        Of n counts.

    Returns
    -------
    array of shape (n,)
    """
    return np.asarray(np.log((rows.central + 0.5) / rows.exposure))


def empirical_logit(rows: Rows) -> Array:
    """Log odds of the successes of each row, half of one added on either side.

    Cox (1970), as above.

    Parameters
    ----------
    rows : Rows
        Of n numbers of successes.

    Returns
    -------
    array of shape (n,)
    """
    y = rows.central
    return np.asarray(np.log((y + 0.5) / (rows.trials - y + 0.5)))


def log_of_response(rows: Rows) -> Array:
    """Logarithm of each response, which lies above 0, shape (n,)."""
    return np.asarray(np.log(rows.central))


def logit_of_response(rows: Rows) -> Array:
    """Log odds of each response, which lies between 0 and 1, shape (n,)."""
    y = rows.central
    return np.asarray(np.log(y) - np.log1p(-y))


def proportion_interval(y: Array, _: Array, size: Array, p: float) -> Array:
    """Quantile of a probability under Jeffreys' prior.

    Gelman et al. (2013), Bayesian Data Analysis, section 2.4.

    Parameters
    ----------
    y : array
        Successes.
    size : array
        Trials.
    p : float

    Returns
    -------
    array
    """
    from scipy.special import betaincinv

    return np.asarray(betaincinv(y + 0.5, size - y + 0.5, p))


def count_interval(y: Array, _: Array, size: Array, p: float) -> Array:
    """Quantile of a Poisson rate under Jeffreys' prior.

    Gelman et al. (2013), as above, section 2.8.

    Parameters
    ----------
    y : array
        Events.
    size : array
        Exposure.
    p : float

    Returns
    -------
    array
    """
    from scipy.special import gammaincinv

    return np.asarray(gammaincinv(y + 0.5, p) / size)


def mean_interval(y: Array, y2: Array, size: Array, p: float) -> Array:
    """Quantile of the mean of a normal under Jeffreys' prior: Student's t.

    Gelman et al. (2013), as above, section 3.2.

    Parameters
    ----------
    y, y2 : array
        Sum of the responses, and of their squares.
    size : array
        Number of responses.
    p : float

    Returns
    -------
    array
        NaN where there is one response only.
    """
    from scipy.special import stdtrit

    mean = y / size
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(np.maximum(y2 / size - mean**2, 0.0) / (size - 1))
        return np.asarray(mean + stdtrit(size - 1, p) * error)
