"""Several fits together: checked, held against a known truth, reported; and calls that take one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bayesglmm.errors import SpecError, brief
from bayesglmm.fit import Fit
from bayesglmm.posterior import Population
from bayesglmm.posterior.arguments import check_flag, check_kind
from bayesglmm.posterior.population.evaluate import against_truth
from bayesglmm.tables import Table
from bayesglmm.tables.files import path_of

if TYPE_CHECKING:
    from bayesglmm.report import Document, Opinion
    from bayesglmm.report.lint import Proofreading


def check_fits(fits: Any) -> None:
    """Refuse what is no fits by name.

    Raises
    ------
    SpecError
    """
    if not isinstance(fits, Mapping):
        raise SpecError(
            f"fits={brief(fits)} is no dictionary of fits. "
            "Write {'with era': fit, 'without': other}."
        )
    for name, fit in fits.items():
        check_kind(f"fits['{name}']", fit, Fit, "Pass what model.fit() gave.")


def poststratify(
    fit: Fit,
    frame: pd.DataFrame,
    by: str | Sequence[str] | None = None,
    *,
    weights: str,
    mass: float = 0.95,
) -> Table:
    """Average a fit's predictions over the cells of a population; see `posterior.poststratify`."""
    check_kind("fit", fit, Fit, "Pass what model.fit() gave.")
    return fit.poststratify(frame, by, weights=weights, mass=mass)


def evaluate(fits: Mapping[str, Fit], population: Population, mass: float = 0.95) -> Table:
    """Hold fits against the known truth of a population.

    Parameters
    ----------
    fits : mapping
        Name to fit, of the same rows.
    population : Population
        With a `truth`.
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Table
        Errors and intervals of the levels' own means and of each fit; see
        `posterior.evaluate.against_truth`.

    Raises
    ------
    BayesglmmError
        As for `posterior.evaluate.against_truth`.
    """
    check_fits(fits)
    posteriors = {name: fit.posterior for name, fit in fits.items()}
    table = against_truth(posteriors, population, mass)
    failed = (
        f"'{k}': {fit.verdict.sentence()}" for k, fit in fits.items() if not fit.verdict.passed
    )
    return replace(table, notes=(*failed, *table.notes))


def write_report(
    fits: Mapping[str, Fit],
    path: str | Path,
    mass: float = 0.95,
    *,
    opinions: Mapping[str, Callable[[], Opinion] | bool] | None = None,
    refits: bool = False,
    watch: Callable[[str], None] | None = None,
    short: bool = False,
    check: Sequence[str] = (),
    notes: Mapping[str, str] | None = None,
    **extras: Any,
) -> Path:
    """Write the report of a fit, or of several side by side: one HTML file, or a Word document.

    Parameters
    ----------
    fits : mapping
        Name to fit.
    path : str or Path
        Ends in ``.html``, or in ``.docx`` for a Word document (needs python-docx).
    mass : float
        Posterior probability inside the equal-tailed intervals.
    opinions : mapping, optional
        Name to `opinion`, as for `Fit.report`; bambi is asked where left out.
    refits : bool
        Whether every model is fitted again under other priors; see `Fit.sensitivity`.
    watch : callable, optional
        Told the name of each part before it is made.
    short : bool
        Whether each model is told in short; the report of one is two printed pages.
    check, notes
        As for `Fit.report`.
    **extras
        What all fits share, such as ``population``.

    Returns
    -------
    Path

    Raises
    ------
    SpecError
        If there are no fits, or `path` has another ending.
    """
    from bayesglmm.report import check_place, write_document

    path = path_of(path)
    check_place(path)
    extras |= {"check": check, "notes": notes}
    made = make_report(
        fits, mass, opinions=opinions, refits=refits, watch=watch, short=short, **extras
    )
    return write_document(made, path)


def make_report(
    fits: Mapping[str, Fit],
    mass: float = 0.95,
    *,
    opinions: Mapping[str, Callable[[], Opinion] | bool] | None = None,
    refits: bool = False,
    watch: Callable[[str], None] | None = None,
    short: bool = False,
    **extras: Any,
) -> Document:
    """The report of a fit, or of several side by side, before it has a format.

    Parameters
    ----------
    fits, mass, opinions, refits, watch, short, **extras
        As for `write_report`.

    Returns
    -------
    Document
    """
    from bayesglmm.report import make_document, material_of

    check_fits(fits)
    check_flag("refits", refits)
    check_flag("short", short)
    if not fits:
        raise SpecError("There is nothing to report: give at least one fit.")
    asked = {name: (opinions or {}).get(name, True) for name in fits}
    materials = {}
    for name, fit in fits.items():
        if refits:
            extras["sensitivity"] = fit.sensitivity(refits=True, mass=mass)
        materials[name] = material_of(fit, mass, asked[name], **extras)
    return make_document(materials, watch, short=short)


def lint(text: str, fit: Fit) -> Proofreading:
    """Hold hand-written prose against a fit; see `Fit.lint`."""
    check_kind("fit", fit, Fit, "Pass what model.fit() gave.")
    return fit.lint(text)
