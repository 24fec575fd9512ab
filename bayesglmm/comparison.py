"""Fits side by side: a thin face over the posterior layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bayesglmm.errors import SpecError, brief
from bayesglmm.fit import Fit
from bayesglmm.fits import check_fits
from bayesglmm.posterior.comparison import compare as by_prediction
from bayesglmm.posterior.comparison.compare import Comparison, Unit
from bayesglmm.posterior.comparison.left_out import LeftOut
from bayesglmm.posterior.comparison.together import compare_left_out
from bayesglmm.tables import Table


def compare(
    fits: Mapping[str, Fit] | Mapping[str, LeftOut] | Sequence[Fit],
    unit: Unit = "row",
    factor: str | None = None,
) -> Comparison:
    """Compare fits of the same responses by leave-one-out prediction.

    Parameters
    ----------
    fits : mapping of str to Fit, or sequence of Fit
        Two or more, by name; in a sequence their titles or formulas are the names. A mapping may
        also be of what ``fit.kfold()``, or ``fit.loo(refit=True)``, gave for each; these say
        themselves what was left out.
    unit : str
        ``"row"``: each row is predicted by the other rows, those of its groups among them.
        ``"group"``: all rows of a group are left out and predicted for a group that was not seen,
        its effects integrated out. Where groups have few rows, only this one is reliable.
    factor : str, optional
        Which groups are left out; not needed where the fits have one grouping factor.

    Returns
    -------
    Comparison
        Expected log predictive density, differences with standard errors, Pareto k, stacking
        weights, and what can be told apart.

    Raises
    ------
    DataError
        If the fits are of different rows or responses.
    SpecError
        If `unit` or `factor` is unknown, or `factor` is needed; if units were not left out in the
        same way.
    """
    given: Any = fits
    if isinstance(given, Mapping) and any(isinstance(one, LeftOut) for one in given.values()):
        return _compare_left_out(given, unit, factor)
    named = _by_name(given)
    candidates = {name: fit.posterior for name, fit in named.items()}
    found = by_prediction.compare(candidates, unit, factor)
    failed = _failures(named)
    return replace(found, table=replace(found.table, notes=(*failed, *found.table.notes)))


def _compare_left_out(found: Mapping[str, Any], unit: str, factor: str | None) -> Comparison:
    strange = [name for name, one in found.items() if not isinstance(one, LeftOut)]
    if strange or unit != "row" or factor is not None:
        raise SpecError(
            "compare() takes fits, or what kfold() or loo() of all of them gave, which says itself "
            "what was left out. Write compare({'a': a.kfold(), 'b': b.kfold()})."
        )
    return compare_left_out(found)


def side_by_side(fits: Mapping[str, Fit] | Sequence[Fit], mass: float = 0.95) -> Table:
    """Put the ratios of several fits into one table, a column a fit.

    Parameters
    ----------
    fits : mapping of str to Fit, or sequence of Fit
        By name; in a sequence their titles or formulas are the names. Rows, exposures and
        families may differ: the notes say what keeps the numbers from being compared.
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Table
        Posterior median and interval of each coefficient, standard deviation, correlation and
        parameter of the family, of ICC and R² on the latent scale where they are defined, as each
        fit's own tables print them; an empty cell is what a model does not have. Family, numbers
        of rows and groups, and the verdict stand below.

    Raises
    ------
    SpecError
        If there are no fits.
    """
    from bayesglmm.report import material_of
    from bayesglmm.report.sections.side_by_side import differences, ratio_columns

    named = _by_name(fits)
    if not named:
        raise SpecError("There are no fits to put side by side.")
    materials = {name: material_of(fit, mass) for name, fit in named.items()}
    found = ratio_columns(materials)
    return replace(found, notes=(*_failures(named), *found.notes, *differences(materials)))


def _failures(named: Mapping[str, Fit]) -> tuple[str, ...]:
    """What the verdict says of each fit that failed."""
    return tuple(
        f"'{name}': {fit.verdict.sentence()}"
        for name, fit in named.items()
        if not fit.verdict.passed
    )


def _by_name(fits: Mapping[str, Fit] | Sequence[Fit]) -> dict[str, Fit]:
    """Fits by the names given, or by those that `_named` finds."""
    if isinstance(fits, Mapping):
        check_fits(fits)
        return {str(name): fit for name, fit in fits.items()}
    if not isinstance(fits, Sequence) or not all(isinstance(fit, Fit) for fit in fits):
        raise SpecError(
            f"fits={brief(fits)} is no dictionary of fits. "
            "Write {'with era': fit, 'without': other}."
        )
    return _named(fits)


def _named(fits: Sequence[Fit]) -> dict[str, Fit]:
    """Titles, else formulas, else both with family and number, until no two are alike."""
    specs = [fit.design.spec for fit in fits]
    formulas = [spec.text for spec in specs]
    titles = [spec.title or spec.text for spec in specs]
    families = [f"{spec.text}, {spec.family.name}" for spec in specs]
    for names in (titles, formulas, families):
        if max(Counter(names).values(), default=1) == 1:
            return dict(zip(names, fits, strict=True))
    return {
        f"{name} ({k})": fit for k, (name, fit) in enumerate(zip(families, fits, strict=True), 1)
    }
