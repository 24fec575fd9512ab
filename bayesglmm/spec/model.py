"""The model spec: everything a user says about a model, without the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families import Family, Link, Prior, find_family, find_link
from bayesglmm.spec.expression import columns_of
from bayesglmm.spec.formula import Formula, parse_formula
from bayesglmm.spec.priors import PriorRule, make_rules

type Labels = Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model in words: frozen, comparable, free of data.

    Build one with `specify`, which checks it.

    Attributes
    ----------
    formula : Formula
    family : Family
    link : Link
    exposure : str or None
        Column that multiplies the mean of a count.
    per : float
        Units of exposure that rates are printed per.
    labels : mapping
        Column to {value: label}; makes the column a factor, its levels in this order.
    reference : mapping
        Factor to reference level.
    rules : tuple of PriorRule
        Priors said by the user; defaults hold elsewhere.
    missing : str
        ``"error"`` or ``"drop"``.
    centered : bool, mapping or None
        Parametrisation of the group terms; None lets the data decide.
    title, question : str
        For the report.
    answer : str or None
        ``"conditional"`` or ``"marginal"``: the estimand that a report gives first; None lets the
        design decide.
    """

    formula: Formula
    family: Family
    link: Link
    exposure: str | None = None
    per: float = 1.0
    labels: Labels = field(default_factory=dict)
    reference: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[PriorRule, ...] = ()
    missing: Literal["error", "drop"] = "error"
    centered: bool | Mapping[str, bool] | None = None
    title: str = ""
    question: str = ""
    answer: Literal["conditional", "marginal"] | None = None


def per_words(per: float, exposure: str | None) -> str:
    """What a rate is per, in words.

    Parameters
    ----------
    per : float
        Units of exposure.
    exposure : str or None

    Returns
    -------
    str
        Such as ``"per 100,000 births"``, or ``"per unit of expected"``; empty without an exposure.
    """
    if exposure is None:
        return ""
    return f"per unit of {exposure}" if per == 1 else f"per {per:,g} {exposure}"


def specify(
    formula: str,
    *,
    family: str = "gaussian",
    link: str | None = None,
    exposure: str | None = None,
    per: float = 1.0,
    labels: Labels | None = None,
    reference: Mapping[str, str] | None = None,
    priors: Mapping[str, Prior] | None = None,
    missing: Literal["error", "drop"] = "error",
    centered: bool | Mapping[str, bool] | None = None,
    title: str = "",
    question: str = "",
    answer: Literal["conditional", "marginal"] | None = None,
) -> ModelSpec:
    """Say what a model is.

    Parameters
    ----------
    formula : str
        Such as ``"deaths ~ era + (1 + year | region/county)"``. With ``suppressed(deaths, 1, 9)``
        on the left a missing count is one from 1 to 9, and stays in the likelihood as that.
    family : str
        ``"gaussian"``, ``"bernoulli"``, ``"binomial"``, ``"poisson"`` or ``"negative_binomial"``.
    link : str, optional
        The family's usual link where left out.
    exposure : str, optional
        Column of person-time, births, population: the mean of a count is this times the rate.
    per : float
        Rates are printed per so many units of exposure, such as 100_000.
    labels : mapping, optional
        ``{"sex": {1: "male", 2: "female"}}`` makes `sex` a factor with these levels in this order.
    reference : mapping, optional
        ``{"ethnicity": "Asian"}``: the level that others are compared with.
    priors : mapping, optional
        See `bayesglmm.spec.priors.make_rules` for the keys.
    missing : str
        ``"error"`` (default) refuses missing values, ``"drop"`` drops those rows and counts them.
    centered : bool or mapping, optional
        Centred (True) or non-centred (False) group effects, for all or by grouping factor.
    title, question : str
        Head a report.
    answer : str, optional
        Which estimand a report gives first: ``"conditional"``, for a typical group (a patient's
        question), or ``"marginal"``, averaged over new groups (a population's). Where left out,
        conditional for an effect that changes within groups, marginal for one that does not.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    SpecError
        If a family, link, prior or option is unknown or does not fit.
    """
    parsed = parse_formula(formula)
    chosen_family = find_family(family)
    chosen_link = _choose_link(chosen_family, link)
    _check_response(parsed, chosen_family)
    _check_exposure(chosen_family, exposure, per)
    if missing not in ("error", "drop"):
        raise SpecError(f'missing={missing!r} is unknown. Write missing="error" or "drop".')
    if answer not in (None, "conditional", "marginal"):
        raise SpecError(f'answer={answer!r} is unknown. Write answer="conditional" or "marginal".')
    _check_mappings(labels=labels, reference=reference, priors=priors)
    for column, mapping in (labels or {}).items():
        _check_labels_of(column, mapping)
    _check_names("reference", reference or {}, parsed.fixed_variables)
    _check_centered(centered)
    _check_offset(parsed, exposure)
    _check_labels(labels or {})
    _check_names("centered", centered if isinstance(centered, Mapping) else {}, _factors(parsed))
    return ModelSpec(
        formula=parsed,
        family=chosen_family,
        link=chosen_link,
        exposure=exposure,
        per=float(per),
        labels={column: dict(mapping) for column, mapping in (labels or {}).items()},
        reference=dict(reference or {}),
        rules=make_rules(priors or {}, parsed, chosen_family),
        missing=missing,
        centered=centered,
        title=title,
        question=question,
        answer=answer,
    )


def _choose_link(family: Family, link: str | None) -> Link:
    if link is None:
        return find_link(family.links[0])
    chosen = find_link(link)
    if chosen.name not in family.links:
        raise SpecError(
            f"The {family.name} family has no {chosen.name} link. "
            f"Its links: {', '.join(family.links)}."
        )
    return chosen


def _check_response(formula: Formula, family: Family) -> None:
    proportion = formula.trials is not None
    if family.name == "binomial" and not proportion:
        raise SpecError(
            "A binomial response needs its number of trials. "
            f"Write p({formula.response}, n) ~ ..., or family='bernoulli' for single trials."
        )
    if proportion and family.name != "binomial":
        raise SpecError(
            f"{formula.response} is a proportion, which the {family.name} family does not take. "
            "Write family='binomial'."
        )
    if formula.suppression is not None and family.support.name != "count":
        raise SpecError(
            f"{formula.response} is a count that may be masked, which the {family.name} family "
            "does not take. Choose family='poisson' or 'negative_binomial'."
        )


def _check_exposure(family: Family, exposure: str | None, per: float) -> None:
    if exposure is not None and not isinstance(exposure, str):
        raise SpecError(
            f"exposure= names a column, but is a {type(exposure).__name__}. "
            "Write exposure='births'."
        )
    if exposure is not None and not family.takes_exposure:
        raise SpecError(
            f"exposure='{exposure}' belongs to counts, not to the {family.name} family. "
            "Leave it out, or choose family='poisson' or 'negative_binomial'."
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


def _check_centered(centered: Any) -> None:
    values = centered.values() if isinstance(centered, Mapping) else [centered]
    for value in values:
        if value is not None and not isinstance(value, bool):
            raise SpecError(
                f"centered={centered!r} must be True, False, or a dictionary of these by grouping "
                "factor."
            )


def _check_offset(formula: Formula, exposure: str | None) -> None:
    """An exposure that also stands in an offset would count twice."""
    for inside in formula.offsets:
        if exposure in columns_of(inside):
            raise SpecError(
                f"'{exposure}' is the exposure and stands in an offset() too, so it would "
                "count twice. Keep exposure= and take the offset out of the formula."
            )


def _check_labels(labels: Labels) -> None:
    """A label that is another value of its column would be read two ways."""
    for column, mapping in labels.items():
        for value, label in mapping.items():
            others = {str(other) for other in mapping if str(other) != str(value)}
            if str(label) in others:
                raise SpecError(
                    f"labels={{'{column}': ...}} names the value {value!r} '{label}', which is "
                    "another of its values. Choose labels that are no values of the column."
                )


def _factors(formula: Formula) -> tuple[str, ...]:
    return tuple(dict.fromkeys(bar.factor for bar in formula.bars))


def _check_mappings(**given: Any) -> None:
    for argument, value in given.items():
        if value is not None and not isinstance(value, Mapping):
            raise SpecError(f"{argument} is {value!r}. It must be a dictionary.")


def _check_labels_of(column: str, mapping: Any) -> None:
    """The labels of a column: a dictionary of value to text."""
    example = f"Write labels={{{column!r}: {{1: 'male', 2: 'female'}}}}, say."
    if not isinstance(mapping, Mapping) or not mapping:
        raise SpecError(
            f"labels[{column!r}] is {mapping!r}. It must be a dictionary of values to labels. "
            f"{example}"
        )
    for value, label in mapping.items():
        if label is None:
            raise SpecError(f"labels[{column!r}] gives the value {value!r} no label. {example}")


def _check_names(argument: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            raise SpecError(unknown(f"name in {argument}=", name, known))
