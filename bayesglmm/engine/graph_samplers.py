"""Samplers that work from the PyMC graph. A new one is a function and a row of `SAMPLERS`."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from bayesglmm.engine.draws import STATISTICS, Draws, Run
from bayesglmm.engine.progress import sampling_progress
from bayesglmm.engine.settings import Settings
from bayesglmm.errors import EngineError

if TYPE_CHECKING:
    import pymc as pm

JAX_DEPTH = 10
"""Tree depth of NumPyro and BlackJAX as PyMC calls them."""

ADAPTATION = "low_rank"
"""nutpie's mass matrix: diagonal plus the strongest correlations. An intercept and the mean of its
group effects are nearly opposite in the posterior; a diagonal alone leaves that to the trajectory
(measured in docs/benchmarks.md)."""

GRAPH_NOTE = "sampled from the PyMC graph"


def sample_graph(model: pm.Model, settings: Settings) -> Draws:
    """Sample a PyMC graph.

    Parameters
    ----------
    model : pymc.Model
    settings : Settings
        ``settings.engine`` picks the sampler.

    Returns
    -------
    Draws

    Raises
    ------
    EngineError
        If the sampler is not installed, or cannot start.
    """
    return SAMPLERS[settings.engine](model, settings)


def _sample_nutpie(model: pm.Model, settings: Settings) -> Draws:
    import nutpie

    with sampling_progress(settings) as progress:
        progress.stage("Compiling the graph")
        start = time.perf_counter()
        with warnings.catch_warnings():
            # PyTensor looks for a BLAS, but the density is compiled to Numba, which has its own.
            warnings.filterwarnings("ignore", "PyTensor could not link to a BLAS")
            compiled = nutpie.compile_pymc_model(model)
        compiled_at = time.perf_counter()
        try:
            trace = nutpie.sample(
                compiled,
                draws=settings.draws,
                tune=settings.tune,
                chains=settings.chains,
                seed=settings.seed,
                target_accept=settings.target_accept,
                maxdepth=settings.max_depth,
                adaptation=ADAPTATION,
                save_warmup=False,
                progress_bar=False,
                progress_callback=progress.watch,
            )
        except RuntimeError as error:
            raise EngineError(
                f"nutpie could not sample: {error}. "
                "Look for a prior or a start from which the likelihood is zero."
            ) from error
    kept = {new: trace["sample_stats"][old] for old, new in STATISTICS.items()}
    statistics = xr.Dataset({name: values.drop_attrs() for name, values in kept.items()})
    seconds = {
        "compiling": compiled_at - start,
        "sampling": time.perf_counter() - compiled_at,
    }
    steps = int(statistics["n_steps"].sum())
    run = Run("nutpie", version("nutpie"), seconds, steps, notes=(GRAPH_NOTE,))
    return Draws(_plain(trace["posterior"].to_dataset()), statistics, settings, run)


def _sample_pymc(model: pm.Model, settings: Settings) -> Draws:
    return _through_pymc(
        model, settings, "pymc", "pymc", nuts={"max_treedepth": settings.max_depth}
    )


def _sample_numpyro(model: pm.Model, settings: Settings) -> Draws:
    _check_depth(settings)
    return _through_pymc(model, settings, "numpyro", "numpyro")


def _sample_blackjax(model: pm.Model, settings: Settings) -> Draws:
    _check_depth(settings)
    return _through_pymc(model, settings, "blackjax", "blackjax")


def _check_depth(settings: Settings) -> None:
    """PyMC runs these samplers with their own depth, which is 10."""
    if settings.max_depth != JAX_DEPTH:
        raise EngineError(
            f"The engine '{settings.engine}' stops at a tree depth of {JAX_DEPTH}. "
            "Leave max_depth out, or use engine='nutpie'."
        )


def _through_pymc(
    model: pm.Model, settings: Settings, sampler: str, package: str, **options: Any
) -> Draws:
    """Sample with one of the samplers that PyMC calls itself."""
    import pymc as pm

    try:
        number = version(package)
    except PackageNotFoundError:
        raise EngineError(
            f"The engine '{sampler}' is not installed. Run: pip install {package}"
        ) from None
    start = time.perf_counter()
    with warnings.catch_warnings():
        # Convergence is judged by diagnose(), and parallel chains are pm.sample's own choice.
        warnings.simplefilter("ignore")
        try:
            trace = pm.sample(
                draws=settings.draws,
                tune=settings.tune,
                chains=settings.chains,
                random_seed=settings.seed,
                target_accept=settings.target_accept,
                nuts_sampler=sampler,
                model=model,
                progressbar=settings.progress,
                compute_convergence_checks=False,
                **options,
            )
        except (RuntimeError, TypeError, ValueError) as error:
            raise EngineError(
                f"{sampler} {number} could not sample: {error}. "
                f"Check that this version fits PyMC {pm.__version__}, or use engine='nutpie'."
            ) from error
    statistics = trace["sample_stats"].to_dataset()
    if "reached_max_treedepth" not in statistics:
        statistics["reached_max_treedepth"] = statistics["tree_depth"] >= settings.max_depth
    steps = int(statistics["n_steps"].sum())
    seconds = {"sampling": time.perf_counter() - start}
    run = Run(sampler, number, seconds, steps, notes=(GRAPH_NOTE,))
    return Draws(_plain(trace["posterior"].to_dataset()), statistics, settings, run)


def _plain(posterior: xr.Dataset) -> xr.Dataset:
    """Labels as plain strings, which every file format can hold."""
    labels = {
        name: np.asarray(values.to_numpy(), dtype=str)
        for name, values in posterior.coords.items()
        if values.dtype == object
    }
    return posterior.assign_coords(labels)


SAMPLERS: dict[str, Callable[[Any, Settings], Draws]] = {
    "nutpie": _sample_nutpie,
    "pymc": _sample_pymc,
    "numpyro": _sample_numpyro,
    "blackjax": _sample_blackjax,
}
