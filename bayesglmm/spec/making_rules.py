"""From what a user says in ``priors=`` to prior rules: each key looked up, each prior looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families import Param, Prior, find_link, find_measure
from bayesglmm.families.beliefs import BELIEFS, Belief, Scale, code, is_belief
from bayesglmm.spec.formula import Formula
from bayesglmm.spec.model import ModelSpec, per_words
from bayesglmm.spec.prior_rules import CLASSES, PriorRule, combined

SUPPORTS = {"intercept": "real", "slope": "real", "sd": "positive", "cor": "correlation"}
"""The support a prior of each class must have; the family says that of its own parameters."""

EXAMPLES = {
    "real": "Write Prior('Normal', mu=0, sigma=2.5), say.",
    "positive": "Write Prior('HalfNormal', sigma=2.5), say.",
    "unit": "Write Prior('Beta', alpha=1, beta=4), say.",
    "one to two": "Write Prior('Uniform', lower=1.2, upper=1.8), say.",
    "correlation": "Write Prior('LKJ', eta=2), say.",
}
CALLED = {"unit": "between 0 and 1", "one to two": "between 1 and 2"}
"""What supports are called in a sentence, where that is not their name."""

type Said = Prior | Belief
"""What a key may have."""


@dataclass(frozen=True, slots=True)
class _Predictor:
    """What keys of one dictionary may speak of.

    Attributes
    ----------
    formula : Formula
    single : mapping
        Parameters of the family that are one number for all rows, by name.
    scale : Scale
        For beliefs.
    """

    formula: Formula
    single: Mapping[str, Param]
    scale: Scale


def make_rules(
    priors: Mapping[str, Said | Mapping[str, Said]], spec: ModelSpec
) -> tuple[PriorRule, ...]:
    """Turn a user's dictionary into rules.

    Parameters
    ----------
    priors : mapping of str to Prior or belief, or to such a mapping
        Keys: ``"Intercept"``, ``"slopes"``, ``"sd"``, ``"cor"``; another parameter of the family
        than its mean, such as ``"alpha"``; a term or column such as ``"age"`` or ``"edu[4]"``; a
        grouping factor such as ``"county"``; one standard deviation, ``"year|county"``; one block's
        correlations, ``"cor|county"``. ``"Intercept"`` holds where the columns are at their means
        (of a `Baseline` or an `AtZero`, where they are 0), per one unit of exposure. A name that is
        both a fixed effect and a grouping factor means the fixed effect: write ``"1|year"`` for the
        standard deviation. A parameter with a formula of its own has a dictionary of its own:
        ``{"sigma": {"slopes": Prior(...)}}``.
    spec : ModelSpec
        Its rules are not looked at.

    Returns
    -------
    tuple of PriorRule

    Raises
    ------
    SpecError
        If a value is no prior, has the wrong support for its parameter, or names none, or if a
        belief does not fit the parameter or its link.
    """
    others = spec.distributional
    single = {one.name: one for one in spec.family.others if one.name not in others}
    main = _Predictor(spec.formula, single, _scale(spec))
    rules = []
    for key, prior in priors.items():
        grown = spec.family.pattern(key) if isinstance(key, str) else None
        own_formula = others.get(key, spec.formula if grown and grown.main else None)
        if own_formula is None:
            if key in single and isinstance(prior, Mapping):
                raise SpecError(
                    f"priors['{key}'] is a dictionary, but {key} has no formula of its own. Write "
                    f"one prior for it, or {key}='~ x' and priors of that."
                )
            own = replace(main, single={**single, key: grown}) if grown else main
            rules.append(_checked(key, prior, own))
        elif not isinstance(prior, Mapping):
            raise SpecError(
                f"priors['{key}'] is {prior!r}, but {key} has the formula '{own_formula.text}'. "
                f"Write priors={{'{key}': {{'slopes': Prior('Normal', sigma=1)}}}}, say."
            )
        else:
            of = _Predictor(own_formula, {}, _other_scale(spec, key))
            rules += [
                replace(_checked(name, one, of), predictor=key) for name, one in prior.items()
            ]
    return tuple(rules)


def _scale(spec: ModelSpec) -> Scale:
    """What numbers of the analyst's are on the scale of the location."""
    measure = find_measure(spec.family, spec.link, spec.exposure is not None)
    if spec.exposure is None:
        what = "count" if measure.baseline == "rate" else measure.baseline
        return Scale(spec.link, measure, 1.0, what)
    return Scale(spec.link, measure, spec.per, f"rate {per_words(spec.per, spec.exposure_name)}")


def _other_scale(spec: ModelSpec, name: str) -> Scale:
    """The same for the formula of another parameter."""
    named = (one for one in spec.family.others if one.name == name)
    parameter = next(named, None) or spec.family.pattern(name)
    if parameter is None or parameter.main:
        return _scale(spec)
    link = find_link(parameter.links[0])
    measure = replace(
        find_measure(spec.family, spec.link),
        long=f"{'odds ratio' if link.odds else 'ratio'} of {name}",
        ratio=link.multiplicative or link.odds,
        of=f"the odds of {name}" if link.odds else name,
    )
    return Scale(link, measure, 1.0, f"value of {name}")


def _checked(key: Any, said: Any, of: _Predictor) -> PriorRule:
    """The rule of one key, after a look at both."""
    if not isinstance(key, str):
        raise SpecError(
            f"priors= has the key {key!r}, which is no text. Name a parameter or a class of "
            "them: 'age', 'slopes', 'county', 'sd'."
        )
    if is_belief(said):
        return _believed(key, said, of)
    if not isinstance(said, Prior):
        raise SpecError(
            f"priors['{key}'] is {said!r}. Write Prior('Normal', mu=0, sigma=2.5), say."
        )
    rule = _rule(key, said.supports, of)
    own = of.single.get(rule.kind)
    wanted = SUPPORTS[rule.kind] if own is None else own.support
    supports = ("positive",) if said.power != 1 else said.supports
    if wanted not in supports:
        lies = f"{said.support} support" if len(supports) == 1 else f"the support {said}"
        raise SpecError(
            f"priors['{key}'] is {said}, which has {lies}, but the parameter "
            f"is {CALLED.get(wanted, wanted)}. {EXAMPLES[wanted]}"
        )
    _check_of(key, said, rule, own)
    return replace(rule, prior=said)


def _believed(key: str, belief: Belief, of: _Predictor) -> PriorRule:
    """The rule of a belief, solved to a prior."""
    (first, *_) = belief.classes
    rule = _rule(key, (SUPPORTS[first],), of)
    own = of.single.get(rule.kind)
    spread = own is not None and _is_deviation(own) and "number" in belief.classes
    if rule.kind not in belief.classes and not spread:
        fitting = [name for name, make in BELIEFS.items() if rule.kind in make.classes]
        instead = (
            f"Beliefs of it are {' and '.join(fitting)}."
            if fitting
            else "Write a Prior(...) of it."
        )
        what = WORDS.get(rule.kind, f"the parameter {rule.kind}")
        raise SpecError(f"priors['{key}'] is {code(belief)}, but speaks of {what}. {instead}")
    return replace(
        rule, prior=belief.prior(of.scale), belief=belief, sentence=belief.sentence(of.scale)
    )


WORDS = {
    "intercept": "an intercept",
    "slope": "a coefficient",
    "sd": "a standard deviation of groups",
    "cor": "correlations",
}
"""Classes of parameters in a sentence."""


def _is_deviation(parameter: Param) -> bool:
    """Whether a parameter of a family is a standard deviation of its responses."""
    return parameter.power == 2 and not parameter.of_mean


def _check_of(key: str, said: Prior, rule: PriorRule, own: Param | None) -> None:
    """Refuse a prior of what the parameter has not."""
    deviation = rule.kind == "sd" if own is None else _is_deviation(own)
    if said.power != 1 and not deviation:
        raise SpecError(
            f"priors['{key}'] is of a {said.of}, but the parameter is no standard deviation. "
            f"Write a prior of {key} itself."
        )
    if said.joint and not (rule.kind == "slope" and rule.coefficient is None):
        raise SpecError(
            f"priors['{key}'] is {said.name}, which is a prior of all slopes together. "
            f"Write priors={{'slopes': Prior('{said.name}', ...)}}."
        )
    if said.of == "zero" and rule.kind != "intercept":
        raise SpecError(
            f"priors['{key}'] is AtZero(...), which is for priors={{'Intercept': ...}} alone."
        )


def _rule(key: str, supports: tuple[str, ...], of: _Predictor) -> PriorRule:
    """The rule of a key, its prior still to be put in."""
    none, formula = Prior("Flat"), of.formula
    if key in CLASSES:
        return PriorRule(CLASSES[key], none, key=key)
    if key in of.single:
        return PriorRule(key, none, key=key)
    left, bar, right = key.rpartition("|")
    if bar:
        factor = right.strip()
        if left.strip() == "cor":
            return PriorRule("cor", none, factor=factor, key=key)
        return PriorRule("sd", none, coefficient=left.strip(), factor=factor, key=key)
    factors = {bar.factor for bar in formula.bars}
    if combined(key) in map(combined, factors) and key not in formula.fixed_variables:
        return PriorRule("sd", none, factor=key, key=key)
    if "real" not in supports and key not in formula.fixed_variables:
        # Not meant for a coefficient: more likely a misspelt factor or parameter.
        known = [*sorted(of.single), *factors, *CLASSES]
        raise SpecError(unknown("name in priors=", key, known))
    return PriorRule("slope", none, coefficient=key, key=key)
