"""Prior rules: what a user says about priors, and which rule wins.

The classes are brms' (Bürkner 2017, J. Stat. Softw. 80(1), section 3): intercept, slope, sd,
cor, and one for each parameter of the family that is one number. The most exact rule wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families import Family, Prior
from bayesglmm.spec.formula import Formula

CLASSES = {"Intercept": "intercept", "slopes": "slope", "sd": "sd", "cor": "cor"}
"""Keys of a prior dictionary that speak of a whole class."""

SUPPORTS = {"intercept": "real", "slope": "real", "sd": "positive", "cor": "correlation"}
"""The support a prior of each class must have; the family says that of its own parameters."""


@dataclass(frozen=True, slots=True)
class PriorRule:
    """A prior for a class of parameters, or for one of them.

    Attributes
    ----------
    kind : str
        ``"intercept"``, ``"slope"``, ``"sd"``, ``"cor"``, or the name of a parameter of the
        family that is one number.
    prior : Prior
    coefficient : str or None
        A term or column of the fixed part, or the column left of a bar.
    factor : str or None
        A grouping factor.
    key : str
        As the user wrote it, for messages.
    predictor : str
        The parameter of the family in whose formula the parameter stands; empty for the mean's,
        and for a parameter that is one number for all rows.
    """

    kind: str
    prior: Prior
    coefficient: str | None = None
    factor: str | None = None
    key: str = ""
    predictor: str = ""

    @property
    def written(self) -> str:
        """How the user wrote it, such as ``"priors['sigma']['slopes']"``."""
        whose = f"['{self.predictor}']" if self.predictor else ""
        return f"priors{whose}['{self.key}']"

    @property
    def exactness(self) -> int:
        """How many of its fields single out a parameter."""
        return (self.coefficient is not None) + (self.factor is not None)

    def fits(
        self, kind: str, coefficients: Iterable[str], factor: str | None, predictor: str = ""
    ) -> bool:
        """Whether the rule speaks of a parameter.

        Parameters
        ----------
        kind : str
            The class of the parameter.
        coefficients : iterable of str
            Names the parameter answers to (its column, its term).
        factor : str or None
            Its grouping factor.
        predictor : str
            The parameter of the family in whose formula it stands; empty for the mean's.

        Returns
        -------
        bool
        """
        return (
            self.kind == kind
            and self.predictor == predictor
            and (self.coefficient is None or _is_among(self.coefficient, coefficients))
            and (self.factor is None or _combined(self.factor) == _combined(factor or ""))
        )


def _is_among(key: str, names: Iterable[str]) -> bool:
    """Whether a key is one of some names, whatever its blanks."""
    return _plain(key) in map(_plain, names)


def _plain(name: str) -> str:
    """A name as keys are compared: blanks only between words, and one sign for each operator."""
    name = name.replace("÷", "/").replace("^", "**").replace("`", "").replace('"', "'")
    return re.sub(r"\s*([^\w\s])\s*", r"\1", " ".join(name.split()))


def _combined(factor: str) -> list[str]:
    """The columns of a grouping factor, in whatever order their combination is written."""
    return sorted(_plain(factor).split(":"))


def make_rules(
    priors: Mapping[str, Prior | Mapping[str, Prior]],
    formula: Formula,
    family: Family,
    others: Mapping[str, Formula] | None = None,
) -> tuple[PriorRule, ...]:
    """Turn a user's dictionary into rules.

    Parameters
    ----------
    priors : mapping of str to Prior, or to such a mapping
        Keys: ``"Intercept"``, ``"slopes"``, ``"sd"``, ``"cor"``; another parameter of the family
        than its mean, such as ``"alpha"``; a term or column such as ``"age"`` or ``"edu[4]"``; a
        grouping factor such as ``"county"``; one standard deviation, ``"year|county"``; one block's
        correlations, ``"cor|county"``. ``"Intercept"`` holds where the columns are at their means,
        per one unit of exposure. A name that is both a fixed effect and a grouping factor means the
        fixed effect: write ``"1|year"`` for the standard deviation. A parameter with a formula of
        its own has a dictionary of its own: ``{"sigma": {"slopes": Prior(...)}}``.
    formula : Formula
        Of the mean.
    family : Family
    others : mapping, optional
        Formulas of other parameters.

    Returns
    -------
    tuple of PriorRule

    Raises
    ------
    SpecError
        If a value is no prior, has the wrong support for its parameter, or names none.
    """
    single: dict[str, str] = {
        parameter.name: parameter.support
        for parameter in family.others
        if parameter.name not in (others or {})
    }
    rules = []
    for key, prior in priors.items():
        grown = family.pattern(key) if isinstance(key, str) else None
        formula_of_key = (others or {}).get(key, formula if grown and grown.main else None)
        if formula_of_key is None:
            if key in single and isinstance(prior, Mapping):
                raise SpecError(
                    f"priors['{key}'] is a dictionary, but {key} has no formula of its own. Write "
                    f"one prior for it, or {key}='~ x' and priors of that."
                )
            rules.append(
                _checked(key, prior, formula, single | ({key: grown.support} if grown else {}))
            )
        elif not isinstance(prior, Mapping):
            raise SpecError(
                f"priors['{key}'] is {prior!r}, but {key} has the formula '{formula_of_key.text}'. "
                f"Write priors={{'{key}': {{'slopes': Prior('Normal', sigma=1)}}}}, say."
            )
        else:
            own = (_checked(name, one, formula_of_key, {}) for name, one in prior.items())
            rules += [replace(rule, predictor=key) for rule in own]
    return tuple(rules)


def _checked(key: Any, prior: Any, formula: Formula, single: Mapping[str, str]) -> PriorRule:
    """The rule of one key, after a look at both."""
    if not isinstance(key, str):
        raise SpecError(
            f"priors= has the key {key!r}, which is no text. Name a parameter or a class of "
            "them: 'age', 'slopes', 'county', 'sd'."
        )
    if not isinstance(prior, Prior):
        raise SpecError(
            f"priors['{key}'] is {prior!r}. Write Prior('Normal', mu=0, sigma=2.5), say."
        )
    rule = _rule(key, prior, formula, single)
    wanted = single[rule.kind] if rule.kind in single else SUPPORTS[rule.kind]
    if prior.support != wanted:
        raise SpecError(
            f"priors['{key}'] is {prior}, which has {prior.support} support, but the parameter "
            f"is {_CALLED.get(wanted, wanted)}. {_EXAMPLES[wanted]}"
        )
    return rule


_EXAMPLES = {
    "real": "Write Prior('Normal', mu=0, sigma=2.5), say.",
    "positive": "Write Prior('HalfNormal', sigma=2.5), say.",
    "unit": "Write Prior('Beta', alpha=1, beta=4), say.",
    "correlation": "Write Prior('LKJ', eta=2), say.",
}
_CALLED = {"unit": "between 0 and 1"}


def _rule(key: str, prior: Prior, formula: Formula, single: Mapping[str, str]) -> PriorRule:
    if key in CLASSES:
        return PriorRule(CLASSES[key], prior, key=key)
    if key in single:
        return PriorRule(key, prior, key=key)
    left, bar, right = key.rpartition("|")
    if bar:
        factor = right.strip()
        if left.strip() == "cor":
            return PriorRule("cor", prior, factor=factor, key=key)
        return PriorRule("sd", prior, coefficient=left.strip(), factor=factor, key=key)
    factors = {bar.factor for bar in formula.bars}
    if _combined(key) in map(_combined, factors) and key not in formula.fixed_variables:
        return PriorRule("sd", prior, factor=key, key=key)
    if prior.support != "real" and key not in formula.fixed_variables:
        # Not meant for a coefficient: more likely a misspelt factor or parameter.
        known = [*sorted(single), *factors, *CLASSES]
        raise SpecError(unknown("name in priors=", key, known))
    return PriorRule("slope", prior, coefficient=key, key=key)


def own_names(rules: Iterable[PriorRule], written: Mapping[str, str]) -> tuple[PriorRule, ...]:
    """Rules with the names that a user may write turned into the formula's own.

    Parameters
    ----------
    rules : iterable of PriorRule
    written : mapping
        Written name to own name, such as ``{"edu[4]": "C(edu)[4]", "b:a": "a:b"}``.

    Returns
    -------
    tuple of PriorRule
    """
    own = {_plain(shown): name for shown, name in written.items()}
    return tuple(
        rule
        if rule.coefficient is None
        else replace(rule, coefficient=own.get(_plain(rule.coefficient), rule.coefficient))
        for rule in rules
    )


def find_rule(
    rules: Iterable[PriorRule],
    kind: str,
    coefficients: Iterable[str] = (),
    factor: str | None = None,
    predictor: str = "",
) -> PriorRule | None:
    """The most exact rule for a parameter; of two equally exact ones, the later.

    Parameters
    ----------
    rules : iterable of PriorRule
    kind : str
    coefficients : iterable of str
        Names the parameter answers to, its own before that of its term.
    factor : str or None
    predictor : str
        The parameter of the family in whose formula it stands; empty for the mean's.

    Returns
    -------
    PriorRule or None
        None where the default holds.
    """
    names = tuple(coefficients)
    fitting = [rule for rule in rules if rule.fits(kind, names, factor, predictor)]

    def exactness(rule: PriorRule) -> tuple[int, bool]:
        own = next(iter(names), None)
        return rule.exactness, own is not None and _plain(rule.coefficient or "") == _plain(own)

    return max(reversed(fitting), key=exactness, default=None)
