"""The model spec: everything a user says about a model, without the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bayesglmm.families import Family, Link
from bayesglmm.spec.formula import Formula, known_spread
from bayesglmm.spec.labels import ValueLabels
from bayesglmm.spec.prior_rules import PriorRule, find_rule


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
    weights : str or None
        Column that says how many identical rows each row stands for.
    survey_weights : str or None
        Column of sampling weights, which multiply the log density of each row.
    se : str or None
        Column of the known standard errors of the responses.
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
    names : mapping
        Column to what readers see it called, where that is not its own name.
    distributional : mapping
        Parameter of the family beside the mean to its formula, where one was written; the others
        are one number for all rows.
    """

    formula: Formula
    family: Family
    link: Link
    exposure: str | None = None
    per: float = 1.0
    weights: str | None = None
    survey_weights: str | None = None
    se: str | None = None
    labels: ValueLabels = field(default_factory=dict)
    reference: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[PriorRule, ...] = ()
    missing: Literal["error", "drop"] = "error"
    centered: bool | Mapping[str, bool] | None = None
    title: str = ""
    question: str = ""
    answer: Literal["conditional", "marginal"] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    distributional: Mapping[str, Formula] = field(default_factory=dict)

    @property
    def per_words(self) -> str:
        """What a rate is per, such as ``"per 100,000 births"``; empty without an exposure."""
        return per_words(self.per, self.exposure_name)

    @property
    def exposure_name(self) -> str | None:
        """What readers see the exposure called."""
        return None if self.exposure is None else self.names.get(self.exposure, self.exposure)

    @property
    def row_columns(self) -> dict[str, str]:
        """Columns beside the formulas that say something of each row, each with what it is."""
        named = {
            "the exposure": self.exposure,
            "the weights": self.weights,
            "the survey weights": self.survey_weights,
            "the standard errors": self.se,
        }
        return {name: use for use, name in named.items() if name is not None}

    def intercept_rule(self, predictor: str = "") -> PriorRule | None:
        """The rule that holds for an intercept, if there is one.

        Parameters
        ----------
        predictor : str
            The parameter of the family in whose formula it stands; empty for the mean's.

        Returns
        -------
        PriorRule or None
        """
        return find_rule(self.rules, "intercept", predictor=predictor)

    @property
    def formulas(self) -> dict[str, Formula]:
        """The formulas of the parameters that have one, the location first.

        Known standard errors without a formula of the residual spread are all of it: its formula
        is then their log, an offset.
        """
        written = {self.family.location.name: self.formula, **self.distributional}
        if self.se is None or self.family.dispersion_name in written:
            return written
        return written | {self.family.dispersion_name: known_spread(self.se)}

    @property
    def text(self) -> str:
        """The formulas as written, such as ``"y ~ x; sigma ~ z"``."""
        others = [f"{name} {formula.text}" for name, formula in self.distributional.items()]
        return "; ".join([self.formula.text, *others])

    @property
    def fixed_variables(self) -> tuple[str, ...]:
        """Data columns named in the fixed part of a formula or to the left of a bar."""
        return together(formula.fixed_variables for formula in self.formulas.values())

    @property
    def moved_variables(self) -> tuple[str, ...]:
        """Those of `fixed_variables` that stand elsewhere than in an ``offset()``."""
        return together(formula.moved_variables for formula in self.formulas.values())

    @property
    def group_variables(self) -> tuple[str, ...]:
        """Data columns named to the right of a bar."""
        return together(formula.group_variables for formula in self.formulas.values())


def together(names: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Names of several kinds, each once, in order.

    Parameters
    ----------
    names : iterable of iterables of str

    Returns
    -------
    tuple of str
    """
    return tuple(dict.fromkeys(name for some in names for name in some))


def per_words(per: float, exposure: str | None) -> str:
    """What a rate is per, in words.

    Parameters
    ----------
    per : float
        Units of exposure.
    exposure : str or None
        What readers see it called.

    Returns
    -------
    str
        Such as ``"per 100,000 births"``, or ``"per unit of expected"``; empty without an exposure.
    """
    if exposure is None:
        return ""
    return f"per unit of {exposure}" if per == 1 else f"per {per:,g} {exposure}"
