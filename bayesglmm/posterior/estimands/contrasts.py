"""Which two values of a column are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.columns import is_indicator
from bayesglmm.design.design import Design, apply_clean
from bayesglmm.design.given import coded_values, is_coded, is_truth_column
from bayesglmm.design.labels import label_of
from bayesglmm.errors import SpecError, brief, nearest, unknown
from bayesglmm.posterior.column_arguments import names_of
from bayesglmm.posterior.hypotheses.patterns import PAIRS

type Variables = str | Sequence[str] | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two values of a column.

    Attributes
    ----------
    variable : str
    low, high : object
        A level, a truth value, or a number; where `step` they are added to each row's own value.
    step : bool
    """

    variable: str
    low: Any
    high: Any
    step: bool = False

    def label(self, sign: str, name: str = "") -> str:
        """Such as ``"trt: active / placebo"``; `sign` is how the two are compared.

        The column bears its own name, or the one given.
        """
        name = name or self.variable
        if self.step:
            return f"{name}: {self.high:+g}"
        return f"{name}: {_name(self.high)} {sign} {_name(self.low)}"

    def apply(self, target: Design) -> tuple[Design, Design]:
        """The rows of a design with the low and with the high value."""
        return _with(target, self, self.low), _with(target, self, self.high)


def make_contrasts(
    design: Design, variables: Variables, parameters: Sequence[str] = ()
) -> list[Contrast]:
    """Read what is to be compared.

    Parameters
    ----------
    design : Design
        The model's own.
    variables : str, sequence of str, or mapping
        Names: a factor's levels against its reference, a number one unit more, an indicator 1
        against 0, truth values True against False. A number that stands in ``C()`` too takes its
        levels only. A mapping says more: ``{"x": 5}`` five
        units, ``{"x": (10, 20)}`` or
        ``{"edu": ("low", "high")}`` from the first to the second, ``{"edu": "pairwise"}`` every
        level against every one before it; so with the other words of `PAIRS`.
    parameters : sequence of str
        The parameters of the family that what is compared is made of; those of the mean where
        left out.

    Returns
    -------
    list of Contrast

    Raises
    ------
    SpecError
        For a column that is not in the formula, or values it cannot take.
    """
    wanted = variables if isinstance(variables, Mapping) else None
    if wanted is None:
        wanted = dict.fromkeys(names_of("variables", variables))
    if not wanted:
        raise SpecError("Nothing is compared. Name a column of the fixed part.")
    found = []
    for name, how in wanted.items():
        check_variable(design, name, parameters)
        how = how.tolist() if isinstance(how, (np.ndarray, pd.Series, pd.Index)) else how
        if is_truth_column(design, name):
            found += _of_truth(name, how)
        elif is_coded(design, name):
            found += _of_codes(design, name, how)
        else:
            make = _of_factor if name in design.levels else _of_number
            found += make(design, name, how)
    return found


def check_variable(design: Design, name: str, parameters: Sequence[str] = ()) -> None:
    """Refuse a column that is in the fixed part of no formula of some parameters, or the mean's."""
    spec, mean = design.spec, design.spec.family.of_mean
    own = tuple(parameters) or mean
    using = [key for key, one in spec.formulas.items() if name in one.fixed_variables]
    if set(own) & set(using):
        return
    if using:
        whole = spec.family.expected is None or len(own) > 1
        what = "the mean" if own == mean and whole else " and ".join(own)
        where = "the mean" if using[0] == mean[0] and len(mean) == 1 else using[0]
        how = "Leave parameter= out" if using[0] in mean else f"Write parameter='{where}'"
        raise SpecError(
            f"'{name}' does not move {what}: it stands in the formula of {where} only. {how}."
        )
    if name in spec.group_variables:
        raise SpecError(
            f"'{name}' is a grouping factor and not in the fixed part. Its effects are in "
            f"ranef('{name}'); predictions(..., re='observed') compares its groups."
        )
    raise SpecError(unknown("column of the fixed part", name, spec.fixed_variables))


def _of_factor(design: Design, name: str, how: Any) -> list[Contrast]:
    levels = design.levels[name]
    if how is None:
        first = design.reference_of(name)
        return [Contrast(name, first, level) for level in levels if level != first]
    if isinstance(how, str) and how in PAIRS:
        return _of_pattern(name, how, levels, design.reference_of(name))
    if isinstance(how, str) or not isinstance(how, Sequence) or len(how) != 2:
        raise SpecError(
            f"{{'{name}': {brief(how)}}} compares nothing. Write a pair of its levels "
            f"({', '.join(levels[:6])}), or one of {', '.join(PAIRS)}."
        )
    low, high = (_level(design, name, value) for value in how)
    return [Contrast(name, low, high)]


def _of_pattern(name: str, pattern: str, values: Sequence[Any], first: Any) -> list[Contrast]:
    """Pairs of values in their order; the reference is first where others are held against it."""
    if pattern.endswith("reference"):
        values = [first, *(value for value in values if value != first)]
    return [Contrast(name, values[low], values[high]) for high, low in PAIRS[pattern](len(values))]


def _level(design: Design, name: str, value: Any) -> str:
    """A level by its name, or by the value that a label stands for."""
    known = design.levels[name]
    labels = {label_of(key): label for key, label in design.spec.labels.get(name, {}).items()}
    text = label_of(value)
    level = text if text in known else labels.get(text, text)
    if level not in known:
        raise SpecError(f"'{level}' is no level of '{name}'. {nearest(level, known)}")
    return level


def _of_truth(name: str, how: Any) -> list[Contrast]:
    if isinstance(how, str) and how in PAIRS:
        return _of_pattern(name, how, (False, True), False)
    pair = (False, True) if how is None else how
    known = ("False", "True", "0", "1")
    told = isinstance(pair, Sequence) and not isinstance(pair, str) and len(pair) == 2
    if not told or any(label_of(value) not in known for value in pair):
        raise SpecError(
            f"{{'{name}': {brief(how)}}} compares nothing: '{name}' is true or false. "
            f"Write {{'{name}': (False, True)}}."
        )
    low, high = (label_of(value) in ("True", "1") for value in pair)
    return [Contrast(name, low, high)]


def _of_codes(design: Design, name: str, how: Any) -> list[Contrast]:
    """Values of a column such as k of ``C(k) + k``, which has no value between its levels."""
    known = coded_values(design, name)
    if how is None:
        return [Contrast(name, known[0], value) for value in known[1:]]
    if isinstance(how, str) and how in PAIRS:
        return _of_pattern(name, how, sorted(known), known[0])
    pair = isinstance(how, Sequence) and not isinstance(how, str) and len(how) == 2
    if not pair or any(not _is_number(value) or float(value) not in known for value in how):
        raise SpecError(
            f"{{'{name}': {brief(how)}}} compares nothing: '{name}' is a factor in the formula and "
            f"takes the values {', '.join(map(label_of, sorted(known)[:6]))} only. Write a pair of "
            f"them, or one of {', '.join(PAIRS)}."
        )
    return [Contrast(name, float(how[0]), float(how[1]))]


def _of_number(design: Design, name: str, how: Any) -> list[Contrast]:
    if how is None and is_indicator(design.data[name].to_numpy(dtype=float)):
        return [Contrast(name, 0.0, 1.0)]
    step = 1.0 if how is None else how
    if _is_number(step) and step != 0:
        return [Contrast(name, 0.0, float(step), step=True)]
    pair = isinstance(how, Sequence) and len(how) == 2 and all(map(_is_number, how))
    if not pair or isinstance(how, str):
        raise SpecError(
            f"{{'{name}': {brief(how)}}} compares nothing: '{name}' is a number. Write a step "
            "other than 0, or a pair of values."
        )
    return [Contrast(name, float(how[0]), float(how[1]))]


def _is_number(value: Any) -> bool:
    numeric = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    return numeric and bool(np.isfinite(value))


def _name(value: Any) -> str:
    return str(value) if isinstance(value, (str, bool)) else f"{value:g}"


def _with(target: Design, contrast: Contrast, value: Any) -> Design:
    name = contrast.variable
    column: Any = float(value) if isinstance(value, bool) else value
    if name in target.levels:
        levels = list(target.levels[name])
        column = pd.Categorical([value] * target.n, categories=levels, ordered=True)
    elif contrast.step:
        column = target.data[name].astype(float) + value
    return apply_clean(target, target.data.assign(**{name: column}))
