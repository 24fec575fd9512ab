"""Parameters drawn from their priors, and the ranks of the truth among posterior draws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.design.predictor import Predictor
from bayesglmm.engine.draws import Draws
from bayesglmm.families import Prior
from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.posterior.quantities import gather
from bayesglmm.simulation import Simulation

LOG_LIKELIHOOD = "log likelihood"


def draw_prior(prior: Prior, rng: np.random.Generator) -> float:
    """One draw from a prior of the kinds that the study uses, of one number."""
    given = dict(prior.arguments)
    match prior.name:
        case "Normal":
            return float(rng.normal(given["mu"], given["sigma"]))
        case "HalfNormal":
            return float(abs(rng.normal(0, given["sigma"])))
        case "Exponential":
            return float(rng.exponential(1 / given["lam"]))
        case "Gamma":
            return float(rng.gamma(given["alpha"], 1 / given["beta"]))
        case _:
            raise ValueError(f"The study has no draws of {prior}.")


def draw_correlations(eta: float, q: int, rng: np.random.Generator) -> list[float]:
    """Correlations of q effects with an LKJ prior, by rows of the lower triangle.

    By partial correlations given the effects before, each 2 b - 1 with b from
    ``Beta(eta + (q - k) / 2, .)``, k = 2, ..., q the number of effects that it is of (Lewandowski,
    Kurowicka & Joe 2009, J. Multivariate Anal. 100, section 2.4); two effects have one,
    ``Beta(eta, eta)``.
    """
    cholesky, partial = np.eye(q), np.zeros((q, q))
    for column in range(q - 1):
        shape = eta + (q - 2 - column) / 2
        partial[column + 1 :, column] = 2 * rng.beta(shape, shape, size=q - 1 - column) - 1
    for row in range(1, q):
        left = 1.0
        for column in range(row):
            cholesky[row, column] = partial[row, column] * np.sqrt(left)
            left -= cholesky[row, column] ** 2
        cholesky[row, row] = np.sqrt(left)
    matrix = cholesky @ cholesky.T
    return [float(matrix[row, column]) for row in range(q) for column in range(row)]


def draw_parameters(
    design: Design, priors: Mapping[str, ChosenPrior], rng: np.random.Generator
) -> dict[str, float]:
    """A value for everything but the group effects, from the priors.

    Parameters
    ----------
    design : Design
        Of any data with the study's right-hand sides.
    priors : mapping
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to float
        As `bayesglmm.simulate` takes them: the intercept is that where all columns are zero, while
        its prior holds at the mean of the columns.
    """
    drawn = {}
    for item in model_parameters(design, PARAMETERS):
        if item.role == "cor":
            eta = float(dict(priors[item.variable].prior.arguments)["eta"])
            values = draw_correlations(eta, len(item.columns), rng)
            drawn |= dict(zip(item.labels, values, strict=True))
            continue
        drawn |= {label: draw_prior(priors[label].prior, rng) for label in item.labels}
    for one in design.predictors.values():
        if not one.is_number and one.fixed.intercept:
            centers = zip(one.fixed.names, one.fixed.center, strict=True)
            shift = sum(center * drawn[one.variable(name)] for name, center in centers)
            drawn[one.variable("Intercept")] -= float(shift)
    return drawn


def ranks(design: Design, draws: Draws, simulation: Simulation, kept: int) -> dict[str, int]:
    """How many of the thinned draws lie below the truth.

    Talts et al. (2018), arXiv 1804.06788, algorithm 2: uniform on 0, ..., `kept` where data and
    parameters come from the model that is fitted.

    Parameters
    ----------
    design : Design
    draws : Draws
    simulation : Simulation
    kept : int
        Draws that are left after thinning.

    Returns
    -------
    dict of str to int
        Of fixed effects, standard deviations, correlations, parameters of the family, the first and
        the last effect of each group term, and the log likelihood of the data.
    """
    labels, values = gather(model_parameters(design), draws)
    joined = values.reshape(-1, len(labels))
    places = np.linspace(0, len(joined) - 1, kept).round().astype(int)
    posterior = dict(zip(labels, joined[places].T, strict=True))
    truth = {name: np.array([value]) for name, value in simulation.truth.items()}
    watched = list(truth)
    for effect, levels in simulation.effects.items():
        truth |= {f"{effect}[{level}]": np.array([value]) for level, value in levels.items()}
        watched += [f"{effect}[{level}]" for level in (*levels,)[:: len(levels) - 1]]
    posterior[LOG_LIKELIHOOD] = _log_likelihood(design, posterior)
    truth[LOG_LIKELIHOOD] = _log_likelihood(design, truth)
    watched.append(LOG_LIKELIHOOD)
    return {name: int((posterior[name] < truth[name]).sum()) for name in watched}


def _log_likelihood(design: Design, values: Mapping[str, Array]) -> Array:
    """Log likelihood of the data for S values of every parameter, shape (S,)."""
    spec = design.spec
    eta = _predictor(design.predictor, values)
    others = {
        name: values[name][:, None] if one.is_number else one.link.inverse(_predictor(one, values))
        for name, one in list(design.predictors.items())[1:]
    }
    rows = spec.family.log_density(spec.link, eta, design.rows, others)
    return np.asarray(rows.sum(axis=1))


def _predictor(predictor: Predictor, values: Mapping[str, Array]) -> Array:
    """A linear predictor for S values of every parameter, shape (S, n)."""
    own = predictor.variable
    eta = predictor.offset + values[own("Intercept")][:, None]
    for column, name in zip(predictor.X.T, predictor.fixed.names, strict=True):
        eta = eta + values[own(name)][:, None] * column
    for group in predictor.groups:
        for column, effect in zip(group.Z.T, group.effects, strict=True):
            levels = np.stack([values[f"{effect}[{level}]"] for level in group.levels], axis=1)
            eta = eta + levels[:, group.index] * column
    return np.asarray(eta)
