"""Prior rules: what a user says about priors, and which rule wins.

The classes are brms' (Bürkner 2017, J. Stat. Softw. 80(1), section 3): intercept, slope, sd,
cor, and one for each parameter of the family that is one number. The most exact rule wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bayesglmm.families import Prior
from bayesglmm.families.beliefs import Belief

CLASSES = {"Intercept": "intercept", "slopes": "slope", "sd": "sd", "cor": "cor"}
"""Keys of a prior dictionary that speak of a whole class."""


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
    belief : Belief or None
        What the prior was solved from, where the user gave that.
    sentence : str
        The same in words.
    """

    kind: str
    prior: Prior
    coefficient: str | None = None
    factor: str | None = None
    key: str = ""
    predictor: str = ""
    belief: Belief | None = None
    sentence: str = ""

    @property
    def said(self) -> Prior | Belief:
        """What the user gave: a belief, or the prior itself."""
        return self.prior if self.belief is None else self.belief

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
            and (self.factor is None or combined(self.factor) == combined(factor or ""))
        )


def _is_among(key: str, names: Iterable[str]) -> bool:
    """Whether a key is one of some names, whatever its blanks."""
    return _plain(key) in map(_plain, names)


def _plain(name: str) -> str:
    """A name as keys are compared: blanks only between words, and one sign for each operator."""
    name = name.replace("÷", "/").replace("^", "**").replace("`", "").replace('"', "'")
    return re.sub(r"\s*([^\w\s])\s*", r"\1", " ".join(name.split()))


def combined(factor: str) -> list[str]:
    """The columns of a grouping factor, in whatever order their combination is written.

    Parameters
    ----------
    factor : str

    Returns
    -------
    list of str
    """
    return sorted(_plain(factor).split(":"))


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
