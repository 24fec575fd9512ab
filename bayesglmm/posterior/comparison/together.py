"""Fits side by side by what each says of units that were left out in the same way."""

from __future__ import annotations

from collections.abc import Mapping

from bayesglmm.errors import SpecError
from bayesglmm.posterior.comparison.compare import Comparison, check_same, what_is_predicted
from bayesglmm.posterior.comparison.left_out import LeftOut
from bayesglmm.posterior.comparison.scatter import find_scatter, with_scatter
from bayesglmm.posterior.comparison.table import comparison_table
from bayesglmm.posterior.overflow import beyond_double

ONE = "one at a time"


@beyond_double
def compare_left_out(found: Mapping[str, LeftOut]) -> Comparison:
    """Compare what `loo` or `kfold` found of each fit.

    Parameters
    ----------
    found : mapping
        Two or more, by name.

    Returns
    -------
    Comparison

    Raises
    ------
    SpecError
        If units were not left out in the same way.
    DataError
        If the fits are of different rows or responses.
    """
    posteriors = {name: one.posterior for name, one in found.items()}
    check_same(posteriors)
    first = _check_alike(found)
    pointwise = {name: one.density for name, one in found.items()}
    estimand = what_is_predicted(first.units, posteriors, whole=first.how == ONE)
    table = comparison_table(pointwise, first.units, estimand, how=first.how)
    table = with_scatter(table, find_scatter(posteriors), first.units.called)
    return Comparison(table, first.units, pointwise)


def _check_alike(found: Mapping[str, LeftOut]) -> LeftOut:
    """The first, where the others were left out as it was."""
    (name, first), *others = found.items()
    for other, one in others:
        if first.units.factor != one.units.factor or first.how != one.how:
            raise SpecError(
                f"'{name}' and '{other}' were not left out in the same way: {first.units.words}, "
                f"{first.how}; {one.units.words}, {one.how}. Use the same unit, or the same k, by "
                "and seed, for both."
            )
    return first
