"""Levels of a modelled spread whose rows the mean fits exactly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.finding import Evidence, listed, positions_of
from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.families.links import Array

ZERO = 1e-8
"""Part of a level's indicator, squared, that may lie outside the columns of a formula."""


def exact_levels(design: Design) -> Iterator[Evidence]:
    """Levels with a spread of their own and no more rows than coefficients that fit these.

    Only of densities: there the likelihood has no bound as the spread of such rows goes to 0.
    """
    if design.spec.family.support.discrete:
        return
    mean = _with_intercept(design.predictor)
    for name, predictor in design.modelled.items():
        columns = np.linalg.qr(_with_intercept(predictor))[0]
        for factor in _factors(design, predictor):
            levels, rows = _exact(design, factor, columns, mean)
            if levels:
                yield _evidence(design, name, factor, levels, rows)


def _with_intercept(predictor: Predictor) -> Array:
    ones = np.ones((len(predictor.X), int(predictor.fixed.intercept)))
    return np.column_stack([ones, predictor.X])


def _factors(design: Design, predictor: Predictor) -> list[str]:
    """Factors of the fixed part of a predictor that are columns of the data."""
    parts = (part for product in predictor.fixed.products.values() for part in product)
    names = dict.fromkeys(part.factor for part in parts if part.factor is not None)
    return [name for name in names if name in design.levels]


def _exact(
    design: Design, factor: str, columns: Array, mean: Array
) -> tuple[list[str], np.ndarray]:
    """Levels of a factor that are fitted exactly, and their rows."""
    codes = design.data[factor].cat.codes.to_numpy()
    found, rows = [], np.zeros(design.n, dtype=bool)
    for code, level in enumerate(design.levels[factor]):
        own = codes == code
        few = 0 < own.sum() <= mean.shape[1]
        if few and _is_spanned(own, columns) and np.linalg.matrix_rank(mean[own]) == own.sum():
            found.append(level)
            rows |= own
    return found, np.flatnonzero(rows)


def _is_spanned(own: np.ndarray, columns: Array) -> bool:
    """Whether the formula can move these rows alone."""
    inside = columns.T @ own
    return bool(own.sum() - inside @ inside <= ZERO)


def _evidence(
    design: Design, name: str, factor: str, levels: list[str], rows: np.ndarray
) -> Evidence:
    several = len(levels) > 1
    return Evidence(
        "warning",
        f"The level{'s' * several} {listed(f"'{level}'" for level in levels)} of {factor} "
        f"{'have a' if several else 'has a'} {name} of {'their' if several else 'its'} own, and no "
        f"more rows ({len(rows):,}) than coefficients of the mean that fit them exactly. The data "
        f"do not keep {name} from 0 there: its prior does.",
        f"Merge levels of {factor} in the formula of {name}, or write (1 | {factor}) there.",
        positions_of(design.positions[rows]),
    )
