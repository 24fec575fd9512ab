"""Which prior each parameter of a design gets, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from bayesglmm.design.columns import is_indicator
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.names import written_names
from bayesglmm.design.parameters import PARAMETERS, Parameter, model_parameters
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import DataError, SpecError, unknown
from bayesglmm.families import Param, Prior
from bayesglmm.families.default import Default, Facts
from bayesglmm.spec.defaults import default_prior, find_default
from bayesglmm.spec.model import per_words
from bayesglmm.spec.prior_rules import CLASSES, PriorRule, find_rule, own_names

CENTERED_INTERCEPT = "Intercept_centered"
"""The intercept the sampler sees: the linear predictor at the mean of the columns."""


@dataclass(frozen=True, slots=True)
class ChosenPrior:
    """The prior of one parameter.

    Attributes
    ----------
    parameter : str
        Its name in the graph, such as ``"trt"``, ``"edu[4]"``, ``"1|county_sigma"``.
    kind : str
        Its class.
    prior : Prior
        On the link scale and in the user's units.
    reason : str
        Why this one.
    source : str
        Where a default comes from.
    name : str
        What the frame of a table calls it, such as ``"sd(1|ID)"``.
    printed : str
        What readers see it called, such as ``"sd(1|patient)"``.
    support : str
        Where the parameter lies, as in `Prior.support`.
    """

    parameter: str
    kind: str
    prior: Prior
    reason: str
    source: str
    name: str
    printed: str
    support: str = "real"


@dataclass(frozen=True, slots=True)
class _Question:
    """A parameter in want of a prior."""

    name: str
    own: str
    printed: str
    kind: str
    factor: str | None
    rule_kind: str
    predictor: str
    default: Default
    support: str
    main: bool
    keys: tuple[str, ...] = ()
    column: float = 1.0
    terms: float = 1.0

    @property
    def spoken_of(self) -> tuple[str, ...]:
        """Parameters of the family whose rules hold, the nearest first; empty for the location."""
        return (self.predictor, "") if self.main else (self.predictor,)


def choose_priors(design: Design) -> dict[str, ChosenPrior]:
    """Settle the prior of every parameter: the user's rule, else the default.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        Parameter name to ChosenPrior.

    Raises
    ------
    SpecError
        If a rule speaks of no parameter of this design.
    """
    questions = list(_questions(design))
    rules = design.spec.rules and own_names(design.spec.rules, written_names(design))
    _check_rules(design, rules, questions)
    facts = crude_facts(design)
    crude = crude_locations(design)
    chosen = {}
    for asked in questions:
        found = (
            find_rule(rules, asked.rule_kind, asked.keys, asked.factor, whose)
            for whose in asked.spoken_of
        )
        rule = next((one for one in found if one is not None), None)
        if rule is not None:
            prior, source = _settled(rule, asked, facts), ""
            reason = f"said by the user: {rule.written}"
            reason = f"{rule.sentence}; {reason}" if rule.sentence else reason
        else:
            unit = 1.0 if asked.predictor else facts.unit  # others are on the log scale
            location = crude.get(asked.predictor, facts.location)
            own = replace(
                facts, location=location, unit=unit, column=asked.column, terms=asked.terms
            )
            prior, reason, source = default_prior(asked.default, own)
        if asked.rule_kind == "intercept":
            reason += _where_intercept(design, asked.predictor)
        chosen[asked.name] = ChosenPrior(
            parameter=asked.name,
            kind=asked.rule_kind,
            prior=prior,
            reason=reason,
            source=source,
            name=asked.own,
            printed=asked.printed,
            support=asked.support,
        )
    return chosen


def _settled(rule: PriorRule, asked: _Question, facts: Facts) -> Prior:
    """The prior that a rule says; a joint one of slopes for the unit of the column."""
    if not rule.prior.joint:
        return rule.prior
    if asked.kind == "intercept":
        raise SpecError(
            f"{rule.written} is {rule.prior.name}, which draws slopes towards no effect, but the "
            f"columns of {asked.printed.partition('[')[0]} stand for levels themselves. "
            "Write a formula with an intercept."
        )
    return rule.prior.times((1.0 if asked.predictor else facts.unit) / asked.column)


def check_same(kept: Mapping[str, ChosenPrior], needed: Mapping[str, ChosenPrior]) -> None:
    """Refuse priors of other parameters than those that a design has.

    Parameters
    ----------
    kept : mapping
        Priors that are to be used.
    needed : mapping
        Those that `choose_priors` has for the design.

    Raises
    ------
    DataError
        If a parameter is without a prior, or a prior without a parameter.
    """
    missing = [name for name in needed if name not in kept]
    spare = [name for name in kept if name not in needed]
    if missing or spare:
        change = " and ".join(
            f"{verb} {', '.join(names)}"
            for verb, names in (("add", missing), ("lack", spare))
            if names
        )
        raise DataError(
            f"The new data {change}, so they do not give the same model. Make a Model of them."
        )


def _where_intercept(design: Design, parameter: str) -> str:
    """Where the intercept's prior holds: the sampler's intercept is at the mean of the columns."""
    exposure = None if parameter else design.spec.exposure_name
    unit = f", {per_words(1, exposure)}" if exposure else ""
    predictor = design.predictors[parameter] if parameter else design.predictor
    at = "at the mean of the columns" if predictor.fixed.averaged else "where all columns are 0"
    where = f"; holds {at}" if predictor.fixed.names else ""
    return f"{where}{unit}"


def crude_facts(design: Design) -> Facts:
    """What the default priors know of the response.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Facts
        With `location` on the link scale, where the offset is zero. A count of which only the
        bounds are known counts as their middle.
    """
    spec, rows, offset = design.spec, design.rows, design.predictor.offset
    support, link = spec.family.support, spec.link
    crude = support.crude(rows)
    sizes = np.broadcast_to(rows.exposure * rows.trials, (len(offset),))
    spread = float(np.std(rows.central / sizes)) or 1.0
    mean = crude if support.positive or link.linear else max(crude, spread / 10)
    eta = float(link.forward(mean))
    unit = 1.0 if link.unit else spread / max(abs(float(link.slope(eta))), 1e-12)
    return Facts(eta - float(offset.mean()), crude, unit, spread)


def crude_locations(design: Design) -> dict[str, float]:
    """Crude linear predictors that default priors of intercepts are centred on, by parameter.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict of str to float
        Where offsets are zero. The location's under the empty name. Empty where the crude mean
        says it.
    """
    spec, location = design.spec, design.spec.family.location
    if spec.family.crude is None:
        return {}
    found = {
        name: value - float(design.predictors[name].offset.mean())
        for name, value in spec.family.crude(spec.link, design.rows).items()
    }
    return found if location.main else {"": found[location.name]}


def _questions(design: Design) -> Iterator[_Question]:
    for parameter in model_parameters(design, PARAMETERS):
        one = design.predictors[parameter.predictor]
        asked = _Question(
            name="",
            own="",
            printed="",
            kind=parameter.kind,
            factor=parameter.factor or None,
            rule_kind=_rule_kind(parameter),
            predictor=parameter.predictor if one.prefix and not one.is_number else "",
            default=find_default(parameter.kind, _whose_default(one, parameter.kind)),
            support=parameter.support,
            main=one.parameter.main,
        )
        if parameter.role == "cor":
            (name,), (own, printed) = parameter.priors, parameter.whole
            yield replace(asked, name=name, own=own, printed=printed)
            continue
        spreads, terms = _column_spreads(one), _terms(one, parameter.role)
        for place, name in enumerate(parameter.priors):
            yield replace(
                asked,
                name=name,
                own=parameter.names[place],
                printed=parameter.printed[place],
                keys=_keys(parameter, place),
                column=spreads.get(name, 1.0),
                terms=terms,
            )


def _whose_default(predictor: Predictor, kind: str) -> Param | None:
    """The parameter of the family that says the default; None where the class of it does."""
    own = predictor.parameter
    says = bool(predictor.prefix) or (kind == "intercept" and own.intercept is not None)
    return own if says and kind != "cor" else None


def _rule_kind(parameter: Parameter) -> str:
    """The class of prior rules that speak of a parameter."""
    if parameter.role == "fixed":
        return "intercept" if parameter.term == "Intercept" else "slope"
    return parameter.variable if parameter.role == "distributional" else parameter.role


def _keys(parameter: Parameter, place: int) -> tuple[str, ...]:
    """Keys by which a prior rule may single an element of a parameter out."""
    if parameter.role == "sd":
        return (parameter.term,)
    return (parameter.columns[place], parameter.term) if parameter.columns else ()


def _column_spreads(predictor: Predictor) -> dict[str, float]:
    """Standard deviation of the column of each coefficient, and of each group effect's."""
    fixed = predictor.fixed
    names = map(predictor.variable, fixed.names)
    found = dict(zip(names, map(float, fixed.scale), strict=True))
    for group in predictor.groups:
        found |= dict(zip(group.sds, _spreads(group), strict=True))
    return found


def _terms(predictor: Predictor, role: str) -> float:
    """Terms of which a predictor is the sum; see `Facts.terms`.

    Columns count about their means: where a group's intercepts stand far from these, their prior
    is made wider by as much (see `_spreads`).
    """
    if role == "sd":
        return sum(
            1.0 if column == "1" else float(np.mean(np.square(values))) if indicator else 1.0
            for group in predictor.groups
            for column, values in zip(group.columns, group.Z.T, strict=True)
            for indicator in [is_indicator(values)]
        )
    variances = np.var(predictor.X, axis=0) / np.square(predictor.fixed.scale)
    levels = np.isin(predictor.fixed.names, predictor.fixed.level_columns)
    return float(np.sum(variances[~levels]))


def _spreads(group: Group) -> list[float]:
    """Standard deviation of each column of a group term; for the intercept, its lever.

    The spread of the intercepts where all columns are zero is, in units of that at their means,
    ``sqrt(1 + sum (mean / sd)^2)`` when intercepts and slopes vary alike; the prior must allow it.
    """
    indicator = np.array([is_indicator(column) for column in group.Z.T])
    deviation = np.where(indicator, 1.0, group.Z.std(axis=0))
    spreads = np.where(deviation > 0, deviation, 1.0)
    lever = np.sum(np.square(group.Z.mean(axis=0) / spreads)[~indicator])
    constant = np.array([column == "1" for column in group.columns])
    return [float(spread) for spread in np.where(constant, 1 / np.sqrt(1 + lever), spreads)]


def _check_rules(
    design: Design, rules: Iterable[PriorRule], questions: Iterable[_Question]
) -> None:
    """Refuse a rule that no parameter answers to: a misspelt name would be lost in silence."""
    asked = list(questions)
    for rule in rules:
        if any(
            rule.fits(item.rule_kind, item.keys, item.factor, whose)
            for item in asked
            for whose in item.spoken_of
        ):
            continue
        own = rule.predictor or design.spec.family.location.name
        elsewhere = [
            replace(rule, predictor=item.predictor)
            for item in asked
            if rule.fits(item.rule_kind, item.keys, item.factor, rule.predictor)
        ]
        if rule.key in CLASSES and not (rule.kind == "cor" and elsewhere):
            raise SpecError(
                f"{rule.written} speaks of no parameter: the formula "
                f"'{design.spec.formulas[own].text}' gives the model none of this class."
            )
        if elsewhere:
            raise SpecError(
                f"{rule.written} speaks of no parameter of {rule.predictor or 'the mean'}. "
                f"Did you mean {elsewhere[0].written}?"
            )
        near = [item for item in asked if item.predictor == rule.predictor]
        names = [key for item in near if item.kind == "slope" for key in item.keys]
        names += [f"{item.keys[0]}|{item.factor}" for item in near if item.kind == "sd"]
        names += [item.factor for item in near if item.factor is not None]
        raise SpecError(unknown("name in priors=", rule.key, [*names, *CLASSES]))
