"""Count or rate: an exposure that is not used, or used as something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.column_queries import (
    numbers_of,
    response_columns,
    spelled,
    used_as_number,
)
from bayesglmm.design.audit.finding import Evidence, number_in_words
from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.families.links import Array
from bayesglmm.spec.expression import Node, calls_of, columns_of

NAMED = re.compile(
    r"\b(pop|population|births|livebirths|denom|denominator|exposed|(n )?at risk|py|pyrs?"
    r"|(person|patient|bed|device|child|woman)s? (years?|months?|days?|hours?|time)"
    r"|(years?|months?|days?|hours?|time) (at risk|of follow up|followed)|follow ?up( time)?"
    r"|expected|effort)\b"
)
"""Names, as words, of columns that counts are usually divided by."""

SIZED = re.compile(
    r"\b(brood|litter|clutch|nest|herd|flock|colony|pack|group|team|household|cluster|crew|hive)s?"
    r" (size|n|number)\b|\b(n|number of|num) (animals|persons|people|plants|trees|traps|nests"
    r"|houses|hosts|individuals|eggs|chicks)\b|\btrap (nights?|days?)\b"
)
"""Names, as words, of columns that say how many there were of what was counted."""

RATE = re.compile(
    r"\b(rate|ratio|share|percent|pct|prop|proportion|density|dens|concentration|id|code|fips|zip"
    r"|lat|lon|l?base(line)?|pre|previous|prior|before|lag|last)\b"
)
"""Names of columns that are no exposure, however they behave: rates, codes, earlier counts."""

STRONG, WEAK = 0.6, 0.1
"""Correlation of the logarithms asked of a column by behaviour alone, and beside its name."""

SURE = 3.0
"""Standard errors of its correlation from 0 asked of a column that says how many there were."""


def count_or_rate(design: Design) -> Iterator[Evidence]:
    """Columns that look like an exposure, where the model of a count has none."""
    for predictor in design.predictors.values():
        yield from _unlogged_offset(design, predictor)
    if not design.spec.family.takes_exposure or design.has_rates:
        return
    for name in design.given.columns:
        if str(name) != name:
            continue  # no formula can name it
        values = _candidate(design, name)
        if values is not None:
            yield from _judge(design, name, values)


def _candidate(design: Design, name: str) -> Array | None:
    """The values of a positive column that might be an exposure."""
    if name in response_columns(design) or RATE.search(spelled(name)):
        return None
    if name in design.spec.group_variables or list(design.given.columns).count(name) != 1:
        return None
    values = numbers_of(design.given[name].iloc[design.positions])
    if values is None or not (values > 0).all() or not np.isfinite(values).all():
        return None
    return values if np.ptp(values) > 0 else None


def _judge(design: Design, name: str, values: Array) -> Iterator[Evidence]:
    y = design.rows.central
    logs = np.log(values), np.log(y + 0.5)
    correlation = float(np.corrcoef(*logs)[0, 1]) if np.ptp(y) > 0 else 0.0
    used = name in design.spec.formula.fixed_variables
    sized = not used and SIZED.search(spelled(name)) and correlation >= SURE / np.sqrt(len(y))
    named = (NAMED.search(spelled(name)) or sized) and correlation >= WEAK
    behaves = correlation >= STRONG and _large(values, y) and _in_proportion(*logs)
    if not (named or (behaves and not used)) or _stands_in(design, name, values):
        return
    response = design.spec.formula.response_name
    looks = "by its name" if named else "by how it behaves"
    if used:
        logged = _logged(design.spec.formula.fixed_node)
        plain = name in used_as_number(design, design.predictor) and name not in logged
        yield Evidence(
            "warning" if plain else "note",
            f"{name} looks like an exposure ({looks}) but is a predictor"
            f"{'' if plain else ' on the log scale, with a coefficient of its own'}: "
            f"effects are on the number of {response} at equal {name}, not on a rate.",
            f"For a rate write exposure='{name}' and take it out of the formula.",
        )
        return
    yield Evidence(
        "warning" if named else "note",
        f"{name} looks like an exposure ({looks}) and is not used: it ranges from "
        f"{_range(values)}, and its logarithm correlates {correlation:.2f} with that of "
        f"{response}. Without it, effects compare counts, not rates: larger groups have more "
        "events.",
        f"For rates write exposure='{name}', per=100_000, say; for counts keep the model and "
        "say so.",
    )


def _range(values: Array) -> str:
    return f"{number_in_words(values.min())} to {number_in_words(values.max())}"


def _stands_in(design: Design, name: str, values: Array) -> bool:
    """Whether the model has the column already, under another name and another scale."""
    ranks = np.unique(values, return_inverse=True)[1]
    for other in used_as_number(design, design.predictor):
        if other == name:
            continue
        known = np.unique(design.data[other].to_numpy(dtype=float), return_inverse=True)[1]
        if np.array_equal(known, ranks) or np.array_equal(known.max() - known, ranks):
            return True
    return False


def _large(values: Array, y: Array) -> bool:
    """Whether no more events than units of exposure, and of these more than a few."""
    return bool(np.median(values) >= 10 and np.mean(values >= y) >= 0.95)


def _in_proportion(log_values: Array, log_y: Array) -> bool:
    """Whether the count grows about as the column does: slope of the logarithms near 1."""
    slope = np.cov(log_values, log_y)[0, 1] / log_values.var(ddof=1)
    return bool(0.5 <= slope <= 2)


def _logged(node: Node) -> set[str]:
    """Columns that an expression takes the logarithm of."""
    logs = [call for call in calls_of(node) if call.name.startswith("log")]
    return {name for call in logs for name in columns_of(call)}


def _unlogged_offset(design: Design, predictor: Predictor) -> Iterator[Evidence]:
    """An offset on the log scale that is no logarithm."""
    formula = design.spec.formulas.get(predictor.parameter.name)
    if not predictor.link.multiplicative or formula is None:
        return
    what = predictor.parameter.name if predictor.prefix else "the mean"
    rate = not predictor.prefix and design.spec.family.takes_exposure
    offsets = predictor.fixed.encoder.offsets
    for offset, inside in zip(offsets, formula.offsets, strict=True):
        for name in offset.columns:
            logged = name in _logged(inside) or re.match(r"(log|ln)\b", spelled(name))
            values = None if logged else _candidate(design, name)
            if values is not None:
                yield Evidence(
                    "warning",
                    f"{offset} adds {name} itself ({_range(values)}) to the logarithm of {what}, "
                    f"so {what} is multiplied by exp({name}).",
                    f"Write offset(log({name})){f", or exposure='{name}'" if rate else ''}.",
                )
