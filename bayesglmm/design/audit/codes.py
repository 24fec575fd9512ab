"""Numbers that look like codes of categories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from bayesglmm.design.audit.column_queries import spelled, used_as_factor, used_as_number
from bayesglmm.design.audit.finding import Evidence, listed
from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of, natural_order
from bayesglmm.design.objects import read_objects
from bayesglmm.spec.bars import OBSERVATIONS

MOST = 7
"""Consecutive whole numbers beyond which a column is taken for a measurement."""

MEASURED = re.compile(
    r"\b(years?|yrs?|months?|weeks?|days?|hours?|minutes?|times?|visits?|waves?|sessions?|trials?"
    r"|doses?|dosage|conc|concentration|counts?|n|no|num|nr|numbers?|size|parity|children|kids"
    r"|sib|sibs|siblings|grades?|levels?|scores?|rank|rounds?|depth|distance|temp"
    r"|temperature|height|weight|degree)\d*\b"
)
"""Words of a column name that say that its whole numbers are measured or in order."""

COUNTED = re.compile(r"^(n|num|no|nr)(?=[a-z]{3})")
"""How a column name begins that says that it counts: ``nkids``, ``nsibs``."""

AGED = re.compile(r"\bages?\d*\b")
"""Words of a column name that say that its numbers are ages, unless they are classes from 1 on."""

IN_TURN = re.compile(r"\b(periods?|phases?)\d*\b")
"""Words of a column name that say that its numbers follow each other, and may well be levels."""


def coded_factors(design: Design) -> Iterator[Evidence]:
    """Whole numbers with few values, used as they are."""
    binary: list[str] = []
    for name in used_as_number(design):
        values = _few_whole_numbers(design.data[name])
        if values is None or _is_measured(design, name, values):
            continue
        if values == [0, 1]:
            binary.append(name)
        elif len(values) > 2 and IN_TURN.search(spelled(name)):
            yield _in_turn(name, values)
        else:
            yield _as_number(name, values)
    plain = [*binary, *used_as_factor(design), *_coded_groups(design)]
    if plain:
        yield Evidence(
            "note",
            f"{listed(plain)} {'has' if len(plain) == 1 else 'have'} codes for levels, and no "
            "labels: tables will show the codes, and nothing says which is which.",
            f"Write {_labels(plain[0], _codes(design.given[plain[0]]))}.",
        )


def _few_whole_numbers(column: pd.Series) -> list[int] | None:
    """The values of a column of two whole numbers, or of a few consecutive ones from 0 or 1."""
    if not pd.api.types.is_numeric_dtype(column):
        return None
    values = np.unique(column.to_numpy(dtype=float))
    if not 2 <= len(values) <= MOST or not (values == np.floor(values)).all():
        return None
    consecutive = values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1
    return [int(value) for value in values] if consecutive or len(values) == 2 else None


def _is_measured(design: Design, name: str, values: list[int]) -> bool:
    """Whether a name, or numbers that are not consecutive, say that a column measures."""
    words = spelled(name)
    if values == [0, 1]:
        return False
    if AGED.search(words) and values[0] != 1:
        return True
    if MEASURED.search(words) or (COUNTED.match(words) and _thins_out(design.data[name])):
        return True
    return len(values) == 2 and values[1] - values[0] > 1 and values != [-1, 1]


def _thins_out(column: pd.Series) -> bool:
    """Whether the largest value is rarer than the most frequent, as large counts are."""
    sizes = column.value_counts().sort_index()
    return bool(sizes.iloc[-1] < 0.8 * sizes.max())


def _in_turn(name: str, values: list[int]) -> Evidence:
    return Evidence(
        "note",
        f"{name} has the values {', '.join(map(str, values))} and enters as a number: one straight "
        f"line through {len(values)} of them.",
        f"If they need not lie on a line, write C({name}).",
    )


def _as_number(name: str, values: list[int]) -> Evidence:
    step = (
        "one coefficient for the step between them"
        if len(values) == 2
        else f"one straight line through {len(values)} codes"
    )
    return Evidence(
        "warning",
        f"{name} has the values {', '.join(map(str, values))} and enters as a number: {step}, "
        f"an intercept {'at' if 0 in values else 'that lies at'} {name} = 0"
        f"{'' if 0 in values else ', which does not occur'}, and nothing that says which code "
        "is what.",
        f"If it counts or measures, keep it; if it names levels, write {_labels(name, values)}.",
    )


def _labels(name: str, values: Sequence[object]) -> str:
    inside = ", ".join(f"{value}: '...'" for value in values)
    return f"labels={{'{name}': {{{inside}}}}}"


def _codes(column: pd.Series) -> list[str]:
    """Values of a column as they would be written as keys of labels."""
    values = natural_order({label_of(value) for value in column.dropna().unique()})
    return (
        values
        if pd.api.types.is_numeric_dtype(read_objects(column))
        else [repr(value) for value in values]
    )


def _coded_groups(design: Design) -> list[str]:
    """Grouping factors given as a few whole numbers."""
    return [
        name
        for name in design.spec.group_variables
        if name not in design.spec.labels
        and name != OBSERVATIONS
        and pd.api.types.is_integer_dtype(read_objects(design.given[name]))
        and _few_whole_numbers(read_objects(design.given[name])) is not None
    ]
