"""Responses that another family would suit better, and those that never change."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.column_queries import spelled
from bayesglmm.design.audit.finding import Evidence
from bayesglmm.design.design import Design
from bayesglmm.families.links import Array

SCORES = 7
"""Whole numbers up to which a response looks like a rating."""

WIDE = 0.5
"""Range within 0 to 1 from which a response looks like a proportion whatever its name is."""

SHARE = re.compile(r"\b(prop|proportion|fraction|share|percent|percentage|pct|cover)\b")
"""Words of a name that say so."""


def unsuitable_response(design: Design) -> Iterator[Evidence]:
    """A response that never changes; ratings, counts, outcomes, shares taken as any number."""
    y, support = design.rows.central, design.spec.family.support
    if support.unrestricted:
        yield from _any_number(design, y)
        return
    share = y / np.broadcast_to(design.rows.trials, y.shape)
    value = share[0] if design.spec.formula.trials else y[0]
    if np.ptp(share) == 0 and (support.counts or value in (0, 1)):
        what = "the only outcome of" if design.spec.formula.trials else "the response of"
        yield Evidence(
            "warning",
            f"{value:g} is {what} all {design.n:,} rows: {design.spec.formula.response_name} never "
            "changes, so the data tell nothing about what it depends on, and the priors decide.",
            "Check the column and how its rows were chosen.",
        )


def _any_number(design: Design, y: Array) -> Iterator[Evidence]:
    name, values = design.spec.formula.response_name, np.unique(y)
    if not design.spec.link.linear or len(values) < 2:
        return
    title = design.spec.family.title
    whole = bool((values == np.floor(values)).all())
    low, high = values[0], values[-1]
    if whole and len(values) == 2 and (low, high) == (0, 1):
        yield Evidence(
            "warning",
            f"{name} is 0 or 1 in every row, and is taken as {title}: its means may leave 0 to 1, "
            "and its residuals are not normal.",
            "Write family='bernoulli'.",
        )
    elif whole and 3 <= len(values) <= SCORES and low in (0, 1) and high - low == len(values) - 1:
        yield Evidence(
            "warning",
            f"{name} has the whole numbers {low:g} to {high:g} and is taken as {title}: steps "
            "between them count as equal, and predictions fall between and beyond them.",
            "If it counts, write family='poisson'. If it is a rating, keep it and read effects as "
            f"differences of mean scores, or model a cut of it: data['high'] = data['{name}'] >= "
            f"{np.ceil((low + high + 1) / 2):g} with family='bernoulli'.",
        )
    elif not whole and low >= 0 and _is_share(name, low, high):
        scale = 100 if high > 1 else 1
        share = "" if scale == 1 else f" for {name} / {scale}"
        yield Evidence(
            "warning",
            f"{name} lies between {low:.3g} and {high:.3g} and looks like a share, and is taken as "
            f"{title}: its means may leave 0 to {scale}, and its variance depends on its mean.",
            "If it is k of n, write p(k, n) ~ ... with family='binomial'. Otherwise write "
            f"family='beta'{share}, where no value is 0 or {scale}.",
        )


def _is_share(name: str, low: float, high: float) -> bool:
    named = SHARE.search(spelled(name)) is not None
    return (high <= 1 and (named or high - low >= WIDE)) or (named and high <= 100)
