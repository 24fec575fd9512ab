"""Units predicted by fits without them: the exact way, where no weights stand for the refit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.convergence import relative_efficiency
from bayesglmm.errors import EngineError, SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.comparison.integrated import check_nesting, group_log_density
from bayesglmm.posterior.comparison.loo import Loo
from bayesglmm.posterior.comparison.table import Units
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import Priors
from bayesglmm.posterior.priors.refits import Watch, refit


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """Log predictive density of m units by a fit without them.

    Attributes
    ----------
    elpd, error, efficiency : array of shape (m,)
        As in `Loo`.
    draws : int
        How many were used.
    """

    elpd: Array
    error: Array
    efficiency: Array
    draws: int


def check_refits(posterior: Posterior, units: Units) -> None:
    """Refuse fits again that would be of another model, or of a density that is none.

    Parameters
    ----------
    posterior : Posterior
    units : Units

    Raises
    ------
    EngineError
        If the graph that was sampled had been changed.
    SpecError
        If rows have survey weights, or another factor's groups lie within those left out.
    """
    extensions = posterior.draws.run.extensions
    if extensions:
        raise EngineError(
            "Fits again start from the spec, but the graph that was sampled had been changed "
            f"({', '.join(extensions)})."
        )
    if posterior.design.rows.weight is not None:
        raise SpecError(
            "The fit has survey weights. Its pseudo-likelihood is no density of the rows, so there "
            "is nothing to leave out."
        )
    if units.factor:
        check_nesting(posterior.design, units.factor, units.index)


def without(
    posterior: Posterior, priors: Priors, units: Units, some: NDArray[np.int64]
) -> Predicted:
    """Fit without some units, and predict them.

    The fit keeps the priors, the levels of factors and the groups of the whole data: a group
    without rows has the effects of a new one.

    Parameters
    ----------
    posterior : Posterior
        Of all rows; gives the settings.
    priors : mapping
    units : Units
    some : array of int, shape (m,)
        Units, in order.

    Returns
    -------
    Predicted
    """
    design = posterior.design
    out = np.isin(units.index, some)
    fitted = refit(posterior.at(design.take(~out)), priors)
    left = fitted.at(design.take(out))
    index = np.searchsorted(some, units.index[out])
    if units.factor:
        return predicted(group_log_density(left, units.factor, index, len(some)), left.chains)
    return predicted(left.log_density(), left.chains)


def predicted(density: Array, chains: int) -> Predicted:
    """Log of the mean density of each unit.

    Parameters
    ----------
    density : array of shape (S, m)
        Log density in each draw of a fit without it, chain after chain.
    chains : int

    Returns
    -------
    Predicted
        The error is by the delta method, dependent draws counting for fewer.
    """
    from scipy.special import logsumexp

    size = len(density)
    elpd = logsumexp(density, axis=0) - np.log(size)
    relative = np.exp(density - density.max(axis=0))
    efficiency = relative_efficiency(relative.reshape(chains, size // chains, -1))
    spread = np.square(np.expm1(density - elpd)).mean(axis=0)
    return Predicted(elpd, np.sqrt(spread / size / efficiency), efficiency, size)


def fitted_again(
    posterior: Posterior, priors: Priors, loo: Loo, units: Units, watch: Watch | None
) -> Loo:
    """Leave-one-out with a fit without it for each unit whose Pareto k is above its bound.

    Parameters
    ----------
    posterior : Posterior
    priors : mapping
    loo : Loo
    units : Units
    watch : callable, optional
        Told what is fitted, and how many fits remain.

    Returns
    -------
    Loo
        With NaN for the k of these.
    """
    doubtful = np.flatnonzero(loo.k > loo.good_k)
    elpd, p, error, k = loo.elpd.copy(), loo.p.copy(), loo.error.copy(), loo.k.copy()
    efficiency = loo.efficiency.copy()
    for place, unit in enumerate(doubtful):
        if watch is not None:
            watch(units.name(int(unit)), len(doubtful) - place)
        found = without(posterior, priors, units, np.array([unit]))
        p[unit] += elpd[unit] - found.elpd[0]
        elpd[unit], error[unit] = found.elpd[0], found.error[0]
        efficiency[unit], k[unit] = found.efficiency[0], np.nan
    return replace(loo, elpd=elpd, p=p, error=error, k=k, efficiency=efficiency)
