"""Fits that are kept in a file: made once, loaded afterwards, gone on with when more is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from bayesglmm import storage
from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.engine.settings import NUTS
from bayesglmm.errors import DataError
from bayesglmm.fit import Fit
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.parametrization import choose_parametrizations
from bayesglmm.posterior.more_draws import go_on

HOW = ("engine", "sampler", "chains", "tune")
"""Settings that draws which are added have from those before."""


def load(path: str | Path, data: pd.DataFrame | None = None) -> Fit:
    """Read a fit that `Fit.save` wrote.

    Parameters
    ----------
    path : path
    data : pandas.DataFrame, optional
        The rows of the fit, where it was saved with ``data="digest"``.

    Returns
    -------
    Fit
        Gives every answer that the fit gave which was saved.

    Raises
    ------
    DataError
        As `bayesglmm.storage.load`.
    """
    return _fit_of(storage.load(path, data))


def _fit_of(saved: storage.Saved) -> Fit:
    design, draws = saved.posterior.design, saved.posterior.draws
    forms = choose_parametrizations(design)
    return Fit(
        design, saved.priors, forms, draws, partial(build_graph, design, saved.priors, forms)
    )


def kept_fit(
    file: Path,
    design: Design,
    priors: Mapping[str, ChosenPrior],
    make: Callable[..., Fit],
    settings: Mapping[str, Any],
    *,
    refit: bool,
) -> Fit:
    """The fit of a file; made and kept there where there is none.

    Parameters
    ----------
    file : Path
    design : Design
        Of the model that is fitted.
    priors : mapping
    make : callable
        Fits the model, with keywords of `make_settings`.
    settings : mapping
        These keywords.
    refit : bool
        Whether to make it anew, whatever the file holds.

    Returns
    -------
    Fit
        Gone on with, and kept, where its run was ended early or has less than the ``ess`` asked
        for.

    Raises
    ------
    DataError
        If the file holds another fit; it says in what it differs.
    """
    settings = {name: value for name, value in settings.items() if value is not None}
    if refit or not file.exists():
        storage.check_place(file, overwrite=refit)  # before hours of sampling, not after
        storage.check_design(design)
        fit = make(**settings)
        fit.save(file, overwrite=refit)
        return fit
    contents = storage.read(file)
    other = storage.differences(contents, design, priors, settings)
    if other:
        raise DataError(
            f"{file} holds another fit: {'; '.join(other)}. Fit again and replace it with "
            "refit=True, or give another file."
        )
    fit = _fit_of(storage.restored(contents, design))
    more = _asked_more(fit, settings.get("ess"))
    return fit if more is None else _gone_on(fit, file, make, settings, more)


def _asked_more(fit: Fit, ess: int | None) -> int | None:
    """The effective sample size to go on to; None where the fit is what was asked for."""
    before = fit.draws.settings.ess
    if ess is None:
        return None if fit.draws.run.complete else before
    return None if fit.draws.run.complete and before is not None and ess <= before else ess


def _gone_on(
    fit: Fit, file: Path, make: Callable[..., Fit], settings: Mapping[str, Any], ess: int
) -> Fit:
    before = fit.draws.settings
    how: dict[str, Any] = {name: getattr(before, name) for name in HOW}
    if before.sampler == NUTS:
        how |= {"max_depth": before.max_depth}
        how |= {} if "target_accept" in before.open else {"target_accept": before.target_accept}
    how |= {name: settings[name] for name in storage.NOT_OF_THE_DRAWS[1:] if name in settings}

    def more(length: int, seed: int) -> Draws:
        return make(**how, draws=length, seed=seed).draws

    longer = replace(fit, draws=go_on(fit.posterior, ess, more))
    longer.save(file, overwrite=True)
    return longer
