"""Group intercepts at the zero of a column whose values lie far from it."""

from __future__ import annotations

from collections.abc import Iterator

from bayesglmm.design.audit.column_queries import beside_mean
from bayesglmm.design.audit.finding import Evidence, listed
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.predictor import Predictor

FAR = 10
"""Standard deviations between 0 and a column's mean from which its zero is far outside the data.

Slopes that differ by s for each standard deviation of the column make the intercepts differ by
10 s or more, and correlate with them by nearly -1, whatever the groups are like at the mean.
"""


def far_intercepts(design: Design) -> Iterator[Evidence]:
    """Columns left of a bar whose zero, where the groups' intercepts are, is far from the data."""
    for predictor in design.predictors.values():
        for name, factors in far_slopes(predictor).items():
            yield _evidence(predictor, name, factors)


def far_slopes(predictor: Predictor) -> dict[str, list[str]]:
    """Columns of numbers far from 0 that have slopes by group, and factors with intercepts too.

    Of the columns made from one variable the first is given: the zero of ``x**2`` is that of x.
    """
    found: dict[str, list[str]] = {}
    for factor, groups in predictor.factors.items():
        if not any(_intercepts(group) for group in groups):
            continue
        seen: set[str] = set()
        for group in groups:
            for name in group.columns:
                if _is_far(group, name) and not _variables(group, name) & seen:
                    seen |= _variables(group, name)
                    found.setdefault(name, []).append(factor)
    return found


def _intercepts(group: Group) -> list[str]:
    """Columns left of the bar that are intercepts: ``1``, or without it each level of a factor."""
    if "1" in group.columns:
        return ["1"]
    parts = group.products
    return [name for name in group.columns if len(parts[name]) == 1 and parts[name][0].is_factor]


def _is_far(group: Group, name: str) -> bool:
    """Whether a column is a number, by itself, that lies far from 0."""
    parts = group.products.get(name, ())
    if len(parts) != 1 or parts[0].is_factor:
        return False
    values = group.Z[:, group.columns.index(name)]
    return bool(abs(values.mean()) > FAR * values.std() > 0)


def _variables(group: Group, name: str) -> set[str]:
    return {variable for part in group.products[name] for variable in part.variables}


def _evidence(predictor: Predictor, name: str, factors: list[str]) -> Evidence:
    groups = [group for factor in factors for group in predictor.factors[factor]]
    slopes = [group for group in groups if name in group.columns]
    together = [group.correlated and bool(_intercepts(group)) for group in slopes]
    fixed, of = predictor.fixed, beside_mean(predictor, "of")
    the = f"In the formula{of}, the" if of else "The"
    about = ["baseline"] if fixed.intercept and name in fixed.names else []
    about.append(f"standard deviation of the intercepts of {listed(factors)}")
    if any(together):
        about.append("correlation of these with the slopes")
    apart = (
        ""
        if all(together)
        else " Intercepts and slopes that do not correlate there do correlate at the mean."
    )
    values = slopes[0].Z[:, slopes[0].columns.index(name)]
    return Evidence(
        "note",
        f"{name} runs from {values.min():.6g} to {values.max():.6g}. {the} {_joined(about)} "
        f"{'is that' if len(about) == 1 else 'are those'} at {name} = 0, far outside the data."
        f"{apart}",
        f"Write center({name}) wherever {name} stands, for what they are at its mean.",
    )


def _joined(names: list[str]) -> str:
    """``a``, ``a and the b``, ``a, the b and the c``."""
    *first, last = names
    return " and the ".join([", the ".join(first), last] if first else [last])
