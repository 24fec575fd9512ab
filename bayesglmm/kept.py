"""Fits that are kept in a file: made once, loaded afterwards, gone on with when more is asked.

While the kernel's chains run, the file holds what they have so far as a fit that was ended early:
a process that is killed leaves it, and the same call, or `resume`, goes on from there.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from bayesglmm import storage
from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.engine.sample import sample
from bayesglmm.engine.settings import NUTS
from bayesglmm.errors import DataError
from bayesglmm.fit import Fit, fit_of
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.written import Changes
from bayesglmm.posterior import Posterior
from bayesglmm.posterior.more_draws import go_on, joined, up_to
from bayesglmm.tables.files import path_of

HOW = ("engine", "sampler", "chains", "tune")
"""Settings that draws which are added have from those before."""


class Make(Protocol):
    """What samples a model."""

    def __call__(
        self, settings: Mapping[str, Any], keep: Callable[[Draws], None] | None = None
    ) -> Fit:
        """Keywords of `make_settings`, and who takes the draws so far, to a fit."""


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
    return _of(storage.load(path, data))


def resume(
    path: str | Path,
    data: pd.DataFrame | None = None,
    *,
    max_minutes: float | None = None,
    progress: bool | None = None,
) -> Fit:
    """Go on with a fit in a file whose run was ended early: killed, interrupted, out of time.

    Parameters
    ----------
    path : path
    data : pandas.DataFrame, optional
        As for `load`.
    max_minutes, progress : optional
        As for `Model.fit`; those of the run where left out.

    Returns
    -------
    Fit
        What the run was to give: its draws so far, and more of new chains, which warm up again. As
        it is where it was complete. The file holds it.

    Raises
    ------
    DataError
        As `bayesglmm.storage.load`, and if another process goes on with it.
    EngineError
        As `Model.fit`.
    """
    path = path_of(path, "trial.bgm")
    asked = {"max_minutes": max_minutes, "progress": progress}
    settings = {name: value for name, value in asked.items() if value is not None}
    contents = storage.read(path)
    fit = _of(storage.opened(contents, data))
    if fit.draws.run.complete:
        return fit
    with storage.writing(path):
        return _File(path, contents.rows is not None).gone_on(fit, _sampler_of(fit), settings, None)


def _of(saved: storage.Saved) -> Fit:
    return fit_of(saved.posterior, saved.priors)


def _sampler_of(fit: Fit) -> Make:
    """What samples the model of a fit that came from a file."""

    def make(settings: Mapping[str, Any], keep: Callable[[Draws], None] | None = None) -> Fit:
        draws = sample(fit.design, fit.priors, fit.graph, Changes(), settings, keep)
        return replace(fit, draws=draws)

    return make


def kept_fit(
    file: Path,
    design: Design,
    priors: Mapping[str, ChosenPrior],
    make: Make,
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
        Fits the model: keywords of `make_settings`, and who takes the draws so far.
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
        If the file holds another fit; it says in what it differs. If another process makes it.
    """
    settings = {name: value for name, value in settings.items() if value is not None}
    if refit or not file.exists():
        storage.check_place(file, overwrite=refit)  # before hours of sampling, not after
        storage.check_design(design)
        with storage.writing(file):
            if refit or not file.exists():  # another process may have made it meanwhile
                return _File(file, rows=True).made(design, priors, make, settings)
    contents = storage.read(file)
    other = storage.differences(contents, design, priors, settings)
    if other:
        raise DataError(
            f"{file} holds another fit: {'; '.join(other)}. Fit again and replace it with "
            "refit=True, or give another file."
        )
    fit = _of(storage.restored(contents, design))
    if not _asks_more(fit, settings.get("ess")):
        return fit
    with storage.writing(file):
        there = _File(file, contents.rows is not None)
        return there.gone_on(fit, make, settings, settings.get("ess"))


def _asks_more(fit: Fit, ess: int | None) -> bool:
    """Whether a fit was ended early, or has less than is asked for."""
    before = fit.draws.settings.ess
    return not fit.draws.run.complete or (ess is not None and (before is None or ess > before))


@dataclass(frozen=True, slots=True)
class _File:
    """A file that a fit is written to while it is made.

    Attributes
    ----------
    path : Path
    rows : bool
        Whether it holds the rows.
    """

    path: Path
    rows: bool

    def write(self, saved: storage.Saved) -> None:
        storage.save(self.path, saved, data="rows" if self.rows else "digest", overwrite=True)

    def made(
        self,
        design: Design,
        priors: Mapping[str, ChosenPrior],
        make: Make,
        settings: Mapping[str, Any],
    ) -> Fit:
        """A fit, written as its draws come and when it is done."""

        def keep(draws: Draws) -> None:
            self.write_meanwhile(storage.Saved(Posterior(design, draws), priors))

        return self.finished(make(settings, keep))

    def gone_on(self, fit: Fit, make: Make, settings: Mapping[str, Any], ess: int | None) -> Fit:
        """The fit with more draws, written as they come and when it is done."""
        before, so_far = fit.draws.settings, fit.draws
        how: dict[str, Any] = {name: getattr(before, name) for name in HOW}
        if before.sampler == NUTS:
            how |= {"max_depth": before.max_depth}
            how |= {} if "target_accept" in before.open else {"target_accept": before.target_accept}
        how |= {name: settings[name] for name in storage.NOT_OF_THE_DRAWS[1:] if name in settings}

        def keep(draws: Draws) -> None:
            both = Posterior(fit.design, joined(so_far, draws))
            self.write_meanwhile(storage.Saved(both, fit.priors))

        def more(length: int, seed: int) -> Draws:
            nonlocal so_far
            added = make(how | {"draws": length, "seed": seed}, keep).draws
            so_far = joined(so_far, added)
            return added

        wanted = before.ess if ess is None else ess
        if wanted is None:
            draws = up_to(fit.draws, before.draws or 0, more)
        else:
            draws = go_on(fit.posterior, wanted, more)
        return self.finished(replace(fit, draws=draws))

    def write_meanwhile(self, saved: storage.Saved) -> None:
        """Write draws so far; what cannot be written is said, and the run goes on."""
        try:
            self.write(saved)
        except DataError as error:
            warnings.warn(f"{error} The run goes on.", stacklevel=2)

    def finished(self, fit: Fit) -> Fit:
        """Write a fit that is done; where that fails it is given back all the same, with a word."""
        try:
            self.write(storage.Saved(fit.posterior, fit.priors))
        except DataError as error:
            warnings.warn(
                f"{error} The fit itself is what this call gives: save it elsewhere with "
                "fit.save(path).",
                stacklevel=2,
            )
        return fit
