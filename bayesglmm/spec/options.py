"""The options of a spec, checked one by one; see `bayesglmm.spec.specify`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families import Family, written_families
from bayesglmm.spec.expression import columns_of
from bayesglmm.spec.formula import Formula


def check_words(missing: Any, answer: Any) -> None:
    """Refuse another word than those that these options take."""
    if missing not in ("error", "drop"):
        raise SpecError(f'missing={missing!r} is unknown. Write missing="error" or "drop".')
    if answer not in (None, "conditional", "marginal"):
        raise SpecError(f'answer={answer!r} is unknown. Write answer="conditional" or "marginal".')


def check_response_of(formula: Formula, family: Family) -> None:
    """Refuse a response that the family does not take."""
    proportion = formula.trials is not None
    if family.takes_trials and not proportion:
        single = written_families(lambda other: other.support.single)
        raise SpecError(
            f"A {family.title.lower()} response needs its number of trials. "
            f"Write p({formula.response}, n) ~ ..., or {single} for single trials."
        )
    if proportion and not family.takes_trials:
        raise SpecError(
            f"{formula.response} is a proportion, which the {family.name} family does not take. "
            f"Write {written_families(lambda other: other.takes_trials)}."
        )
    if formula.suppression is not None and not family.takes_masks:
        raise SpecError(
            f"{formula.response} is a count that may be masked, which the {family.name} family "
            f"does not take. Choose {written_families(lambda other: other.takes_masks)}."
        )


def check_exposure(formula: Formula, family: Family, exposure: Any, per: Any) -> None:
    """Refuse an exposure that is no column or belongs to no rate, and a `per` that is no number."""
    if exposure is not None and not isinstance(exposure, str):
        raise SpecError(
            f"exposure= names a column, but is a {type(exposure).__name__}. "
            "Write exposure='births'."
        )
    if exposure is not None and not family.takes_exposure:
        raise SpecError(
            f"exposure='{exposure}' belongs to counts, not to the {family.name} family. "
            f"Leave it out, or choose {written_families(lambda other: other.takes_exposure)}."
        )
    if (
        isinstance(per, bool)
        or not isinstance(per, (int, float, np.number))
        or not np.isfinite(per)
        or per <= 0
    ):
        raise SpecError(f"per={per!r} must be a number above 0, such as 100_000.")
    if per != 1 and exposure is None:
        raise SpecError(f"per={per:g} needs an exposure. Name the column: exposure='births', say.")
    _check_offset(formula, exposure)


def check_columns(**given: Any) -> None:
    """Refuse an option that names no column."""
    for argument, value in given.items():
        if value is not None and not isinstance(value, str):
            raise SpecError(
                f"{argument}= names a column, but is a {type(value).__name__}. "
                f"Write {argument}='w' for a column w of the data."
            )


def check_rows(
    formula: Formula, family: Family, weights: Any, survey_weights: Any, se: Any
) -> None:
    """Refuse what cannot be said of rows together, or of a family."""
    if weights is not None and survey_weights is not None:
        raise SpecError(
            "weights= and survey_weights= are both given. A row stands for several alike, or for a "
            "part of a population: keep the one that is meant."
        )
    if survey_weights is not None and (formula.bounds or formula.suppression):
        raise SpecError(
            f"Survey weights with {formula.response} are not supported. Leave survey_weights= out, "
            "and poststratify."
        )
    if se is not None and not family.takes_errors:
        raise SpecError(
            f"se='{se}' belongs to a response with a normal error, not to the {family.name} "
            f"family. Choose {written_families(lambda other: other.takes_errors)}."
        )


def _check_offset(formula: Formula, exposure: str | None) -> None:
    """An exposure that also stands in an offset would count twice."""
    for inside in formula.offsets:
        if exposure in columns_of(inside):
            raise SpecError(
                f"'{exposure}' is the exposure and stands in an offset() too, so it would "
                "count twice. Keep exposure= and take the offset out of the formula."
            )


def check_mappings(**given: Any) -> None:
    """Refuse an option that is no dictionary."""
    for argument, value in given.items():
        if value is not None and not isinstance(value, Mapping):
            raise SpecError(f"{argument} is {value!r}. It must be a dictionary.")


def check_names(argument: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse a key that names nothing."""
    for name in given:
        if name not in known:
            raise SpecError(unknown(f"name in {argument}=", name, known))


def check_centered(formulas: Iterable[Formula], centered: Any) -> None:
    """Refuse a parametrisation that is not True or False, or of no grouping factor."""
    values = centered.values() if isinstance(centered, Mapping) else [centered]
    for value in values:
        if value is not None and not isinstance(value, bool):
            raise SpecError(
                f"centered={centered!r} must be True, False, or a dictionary of these by grouping "
                "factor."
            )
    factors = tuple(dict.fromkeys(bar.factor for one in formulas for bar in one.bars))
    check_names("centered", centered if isinstance(centered, Mapping) else {}, factors)
