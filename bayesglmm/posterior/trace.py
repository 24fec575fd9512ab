"""A fit as an ArviZ DataTree, whose costly groups are made when they are first read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

from bayesglmm.design.design import Design
from bayesglmm.design.dimensions import OBSERVATION
from bayesglmm.design.parts import carried
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import Priors, class_of, log_prior

if TYPE_CHECKING:
    import pymc as pm

PRIOR_DRAWS = 1000
"""Draws in the prior group."""


@beyond_double
def make_trace(posterior: Posterior, graph: Callable[[], pm.Model], priors: Priors) -> xr.DataTree:
    """Everything about a fit in ArviZ's groups.

    Parameters
    ----------
    posterior : Posterior
    graph : callable
        Gives the PyMC model; called when the prior group is first read.
    priors : mapping
        From `choose_priors`.

    Returns
    -------
    xarray.DataTree
        Groups posterior, sample_stats, observed_data, constant_data; and posterior_predictive,
        log_likelihood, log_prior and prior, whose arrays are computed when first read and then
        kept. There is no prior where one is flat. log_prior holds the log density of the formula's
        priors, summed over each class. A suppressed count is NaN in observed_data, and its bounds
        are in constant_data; its log_likelihood is the log probability of a count between them.
    """
    design, draws = posterior.design, posterior.draws
    response = carried(design.spec.formula.response_name)
    coords = {OBSERVATION: design.positions}
    shape = (draws.posterior.sizes["chain"], draws.posterior.sizes["draw"], design.n)
    dims = ("chain", "draw", OBSERVATION)
    chain_draw = {name: draws.posterior[name].to_numpy() for name in ("chain", "draw")}
    proper = all(chosen.prior.proper for chosen in priors.values())
    observed = xr.Dataset({response: (OBSERVATION, design.rows.observed)}, coords)

    def lazy(make: Callable[[slice], Array]) -> xr.Dataset:
        def made() -> Array:
            blocks = [make(rows) for rows in posterior.blocks()]
            return np.concatenate(blocks, axis=1).reshape(shape)

        return xr.Dataset({response: _lazy_variable(dims, shape, made)}, coords | chain_draw)

    groups = {
        "posterior": draws.posterior,
        "sample_stats": draws.sample_stats,
        "posterior_predictive": lazy(partial(posterior.responses, posterior.rng())),
        "log_likelihood": lazy(posterior.log_density),
        "log_prior": _log_prior(posterior, priors),
        **({"prior": _prior(draws, graph)} if proper else {}),
        "observed_data": observed,
        "constant_data": _constant_data(design, coords),
    }
    return xr.DataTree.from_dict(groups)


def draw_prior(graph: pm.Model, seed: int, draws: int = PRIOR_DRAWS) -> xr.Dataset:
    """Draw from the prior of a graph.

    Parameters
    ----------
    graph : pymc.Model
    seed : int
    draws : int

    Returns
    -------
    xarray.Dataset
        The graph's free variables and deterministics, dimensions (chain, draw, ...).
    """
    import pymc as pm

    names = [variable.name for variable in (*graph.free_RVs, *graph.deterministics)]
    logging.getLogger("pymc.sampling.forward").setLevel(logging.WARNING)
    trace = pm.sample_prior_predictive(draws, graph, var_names=names, random_seed=seed)
    dataset: xr.Dataset = trace["prior"].to_dataset()
    return dataset


def _prior(draws: Draws, graph: Callable[[], pm.Model]) -> xr.Dataset:
    """The prior group, with the shapes of the posterior and one chain."""

    @cache
    def made() -> xr.Dataset:
        return draw_prior(graph(), draws.settings.seed)

    def variable(name: str) -> xr.Variable:
        like = draws.posterior[name]
        shape = (1, PRIOR_DRAWS, *like.shape[2:])
        return _lazy_variable(like.dims, shape, lambda: made()[name].to_numpy().reshape(shape))

    coords = {
        name: values
        for name, values in draws.posterior.coords.items()
        if name not in ("chain", "draw")
    }
    coords = {"chain": [0], "draw": np.arange(PRIOR_DRAWS)} | coords
    return xr.Dataset({str(name): variable(str(name)) for name in draws.posterior}, coords)


def _log_prior(posterior: Posterior, priors: Priors) -> xr.Dataset:
    """Log prior density of each draw, by class of parameter."""
    draws = posterior.draws
    coords = {name: draws.posterior[name].to_numpy() for name in ("chain", "draw")}
    shape = tuple(len(values) for values in coords.values())

    @cache
    def made() -> dict[str, Array]:
        return log_prior(posterior, priors)

    def variable(name: str) -> xr.Variable:
        return _lazy_variable(tuple(coords), shape, lambda: made()[name].reshape(shape))

    classes = dict.fromkeys(class_of(chosen) for chosen in priors.values())
    return xr.Dataset({name: variable(name) for name in classes}, coords)


def _constant_data(design: Design, coords: dict[str, Any]) -> xr.Dataset:
    predictor, rows = design.predictor, design.rows
    data: dict[str, Any] = {"offset_data": (OBSERVATION, predictor.offset)}
    if predictor.fixed.names:
        data["X_data"] = ((OBSERVATION, "X_dim"), predictor.X)
        coords = coords | {"X_dim": list(predictor.fixed.names)}
    given = {
        "exposure_data": rows.exposure,
        "trials_data": rows.trials,
        "upper_data": rows.upper,
        "least_data": rows.least,
        "most_data": rows.most,
        "weight_data": rows.weight,
        "error_data": rows.error,
    }
    if rows.upper is not None:
        given["lower_data"] = rows.y
    for name, values in given.items():
        if isinstance(values, np.ndarray):
            data[name] = (OBSERVATION, values)
    for group in predictor.groups:
        data[f"{group.factor}_index"] = (OBSERVATION, group.index)
    return xr.Dataset(data, coords)


class _Computed(BackendArray):
    """An array that is computed when its first element is asked for, and then kept.

    It is computed at the latest when it is pickled; a copy is the same array.
    """

    def __init__(self, shape: tuple[int, ...], make: Callable[[], Array]) -> None:
        self.shape = shape
        self.dtype = np.dtype(float)
        self._make = cache(make)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        support = indexing.IndexingSupport.VECTORIZED
        return indexing.explicit_indexing_adapter(
            key, self.shape, support, lambda index: self._make()[index]
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _Computed, (self.shape, partial(np.asarray, self._make()))

    def __deepcopy__(self, memo: dict[int, Any]) -> _Computed:
        return self


def _lazy_variable(
    dims: tuple[Any, ...], shape: tuple[int, ...], make: Callable[[], Array]
) -> xr.Variable:
    return xr.Variable(dims, indexing.LazilyIndexedArray(_Computed(shape, make)))
