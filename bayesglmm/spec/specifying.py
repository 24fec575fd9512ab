"""How a user's words become a model spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from bayesglmm.errors import SpecError
from bayesglmm.families import Family, Link, Prior, find_link, read_family
from bayesglmm.spec.arguments import answers_unknown
from bayesglmm.spec.bars import check_shared
from bayesglmm.spec.formula import Formula, parse_formula, parse_one_sided, variables
from bayesglmm.spec.labels import Labels, check_unlike, read_labels
from bayesglmm.spec.making_rules import make_rules
from bayesglmm.spec.model import ModelSpec, together
from bayesglmm.spec.options import (
    check_centered,
    check_columns,
    check_exposure,
    check_mappings,
    check_names,
    check_response_of,
    check_rows,
    check_words,
)


@answers_unknown
def specify(
    formula: str,
    *,
    family: str = "gaussian",
    link: str | None = None,
    exposure: str | None = None,
    per: float = 1.0,
    weights: str | None = None,
    survey_weights: str | None = None,
    se: str | None = None,
    labels: Labels | None = None,
    reference: Mapping[str, str] | None = None,
    priors: Mapping[str, Prior] | None = None,
    missing: Literal["error", "drop"] = "error",
    centered: bool | Mapping[str, bool] | None = None,
    title: str = "",
    question: str = "",
    answer: Literal["conditional", "marginal"] | None = None,
    **formulas: str,
) -> ModelSpec:
    """Say what a model is.

    Parameters
    ----------
    formula : str
        Such as ``"deaths ~ era + (1 + year | region/county)"``. With ``suppressed(deaths, 1, 9)``
        on the left a missing count is one from 1 to 9, and stays in the likelihood as that;
        ``censored(time, "right", lost)`` and ``truncated(y, lower, upper)`` are the others.
    family : str
        ``"gaussian"``, ``"bernoulli"``, ``"binomial"``, ``"poisson"``, ``"negative_binomial"`` or
        ``"nbinom1"``; also as other packages write it, such as ``"nbinom2"`` or
        ``"binomial(probit)"``. Of a response that is a category: ``"cumulative"``,
        ``"sequential"`` or ``"adjacent"`` where categories have an order, else ``"categorical"``.
    link : str, optional
        The family's usual link where left out.
    exposure : str, optional
        Column of person-time, births, population: the mean of a count is this times the rate.
    per : float
        Rates are printed per so many units of exposure, such as 100_000.
    weights : str, optional
        Column that says how many identical rows each row stands for: whole numbers. All answers
        are those of the data in which each row is repeated so often.
    survey_weights : str, optional
        Column of sampling weights. Scaled to sum to the number of rows, they multiply the log
        density of each: a pseudo-likelihood, whose intervals are not those of the survey's design.
    se : str, optional
        Column of known standard errors of a Gaussian response, as in a meta-analysis. They are all
        of its residual spread; with a formula of sigma, such as ``sigma="~ 1"``, the variance is
        the sum of both squares.
    labels : mapping, optional
        ``{"sex": {1: "male", 2: "female"}}`` makes `sex` a factor with these levels in this order;
        ``{"rating": ["poor", "fair", "good"]}`` is the order of its values;
        ``{"base": "seizures at baseline"}`` is what readers see the column `base` called; a pair
        ``{"trt": ("treatment", {0: "placebo", 1: "active"})}`` says both. Frames, draws and keys
        keep the columns' own names.
    reference : mapping, optional
        ``{"ethnicity": "Asian"}``: the level that others are compared with.
    priors : mapping, optional
        See `bayesglmm.spec.making_rules.make_rules` for the keys.
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

    **formulas : str
        A formula for another parameter of the family than its mean, on the log scale:
        ``sigma="~ x + (1 | g)"`` for a Gaussian, ``alpha="~ x"`` for a negative binomial. One
        number for all rows where left out. Effects of all group terms that share a name, such as
        ``p`` in ``(1 |p| g)``, are correlated, in whatever formulas they stand.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError
        If a formula cannot be read.
    SpecError
        If a family, link, prior or option is unknown or does not fit.
    """
    parsed = parse_formula(formula)
    chosen_family, own_link = read_family(family)
    chosen_link = _choose_link(chosen_family, link, own_link)
    check_words(missing, answer)
    check_response_of(parsed, chosen_family)
    check_exposure(parsed, chosen_family, exposure, per)
    check_columns(weights=weights, survey_weights=survey_weights, se=se)
    check_rows(parsed, chosen_family, weights, survey_weights, se)
    check_mappings(labels=labels, reference=reference, priors=priors)
    values, names = read_labels(labels or {})
    others = _read_others(chosen_family, formulas)
    every = (parsed, *others.values())
    check_shared((one.text, one.bars) for one in every)
    check_unlike(names, _columns(every, exposure))
    fixed = together(one.fixed_variables for one in every)
    check_names("reference", reference or {}, (*fixed, *_compared(parsed, chosen_family)))
    check_centered(every, centered)
    spec = ModelSpec(
        formula=parsed,
        family=chosen_family,
        link=chosen_link,
        exposure=exposure,
        per=float(per),
        weights=weights,
        survey_weights=survey_weights,
        se=se,
        labels=values,
        reference=dict(reference or {}),
        missing=missing,
        centered=centered,
        title=title,
        question=question,
        answer=answer,
        names=names,
        distributional=others,
    )
    return replace(spec, rules=make_rules(priors or {}, spec))


def _compared(formula: Formula, family: Family) -> tuple[str, ...]:
    """The response, where its categories are compared with one of them."""
    nominal = family.support.categories and not family.support.ordered
    return variables(formula.response) if nominal else ()


def _columns(formulas: Sequence[Formula], exposure: str | None) -> tuple[str, ...]:
    """Data columns that a model uses."""
    used = [variables(formula.response) for formula in formulas if formula.response]
    used += [(*one.fixed_variables, *one.group_variables) for one in formulas]
    return together([*used, () if exposure is None else (exposure,)])


def _read_others(family: Family, formulas: Mapping[str, str]) -> dict[str, Formula]:
    """Formulas of the parameters beside the mean, in the family's order."""
    known = [parameter.name for parameter in family.others]
    for name in formulas:
        if name not in known and family.pattern(name) is None:
            has = f"beside its mean it has {' and '.join(known)}" if known else "it has a mean only"
            raise SpecError(f"The {family.name} family has no parameter '{name}': {has}.")
    ordered = [
        *(name for name in known if name in formulas),
        *(n for n in formulas if n not in known),
    ]
    return {name: parse_one_sided(formulas[name], name) for name in ordered}


def _choose_link(family: Family, link: str | None, own: str | None) -> Link:
    """The link that is named, by ``link=`` or behind the family; else the family's usual one."""
    named = own if link is None else link
    if named is None:
        return find_link(family.links[0])
    chosen = find_link(family.other_links.get(named, named))
    if own is not None and find_link(family.other_links.get(own, own)).name != chosen.name:
        raise SpecError(f"Two links are named, '{own}' and '{link}'. Write one of them.")
    if chosen.name not in family.links:
        raise SpecError(
            f"The {family.name} family has no {chosen.name} link. "
            f"Its links: {', '.join(family.links)}."
        )
    return chosen
