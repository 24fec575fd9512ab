"""Likelihood-ratio tests of nested models."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.errors import SpecError, brief
from bayesglmm.families.links import Array
from bayesglmm.likelihood.result import MaximumLikelihood
from bayesglmm.likelihood.scale import Scalar
from bayesglmm.likelihood.show import labels_called
from bayesglmm.tables import Table

ROUNDING = 1e-6
"""Twice a difference of log likelihoods that optimisers leave where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class LikelihoodRatio:
    """A likelihood-ratio test.

    Attributes
    ----------
    small, large : MaximumLikelihood
    statistic : float
        Twice the difference of the log likelihoods, 0 where nothing is gained but rounding.
    df : int
        Parameters that the large model has more.
    weights : mapping
        Degrees of freedom to the weight of their chi-squared distribution.
    p : float
        p-value under that mixture.
    reason : str
        Why this distribution, in words.
    """

    small: MaximumLikelihood
    large: MaximumLikelihood
    statistic: float
    df: int
    weights: dict[int, float]
    p: float
    reason: str

    def table(self) -> Table:
        """The test as a table."""
        frame = pd.DataFrame(
            {
                "model": [fit.design.spec.text for fit in (self.small, self.large)],
                "parameters": [self.small.df, self.large.df],
                "log likelihood": [f"{fit.loglik:.6g}" for fit in (self.small, self.large)],
                "AIC": [f"{fit.aic:.6g}" for fit in (self.small, self.large)],
                "deviance": ["", f"{self.statistic:.5g}"],
                "df": ["", str(self.df)],
                "p": ["", f"{self.p:.4g}"],
            }
        )
        doubts = dict.fromkeys(filter(None, (self.small.caution, self.large.caution)))
        methods = dict.fromkeys((self.small.method, self.large.method))
        return Table(
            frame,
            caption="Likelihood-ratio test",
            notes=(f"Distribution: {self.reason}.", f"By {' and '.join(methods)}.", *doubts),
            kinds={"parameters": "count"},
        )

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def lrt(small: MaximumLikelihood, large: MaximumLikelihood) -> LikelihoodRatio:
    """Test whether the larger of two nested models fits better than chance would have it.

    A variance is 0 on the boundary of its range. Where the small model lacks one variance, with
    ``c`` covariances that go with it and ``d`` other parameters, the statistic is half
    chi-squared with ``c + d`` and half with ``c + d + 1`` degrees of freedom (Self & Liang 1987,
    JASA 82, case 5; Stram & Lee 1994, Biometrics 50, cases 1 to 3); with several variances the
    weights depend on the data, and the chi-squared with all of them gives an upper bound of the
    p-value.

    Parameters
    ----------
    small, large : MaximumLikelihood
        Of the same rows; every parameter of the small model is one of the large.

    Returns
    -------
    LikelihoodRatio

    Raises
    ------
    SpecError
        If they are no fits by `ml`, not nested, not of the same rows, or not both converged.
    """
    _check(small, large)
    own = _comparable(small)
    new = [item for item in _comparable(large) if item not in own]
    variances = sum(item.role == "sd" for item in new)
    df = len(new)
    if variances == 0:
        weights, reason = {df: 1.0}, f"chi-squared with {_degrees(df)}"
    elif variances == 1:
        weights = {df - 1: 0.5, df: 0.5}
        reason = (
            f"half chi-squared with {df - 1}, half with {_degrees(df)}, because a "
            "variance of 0 is on the boundary"
        )
    else:
        weights = {df: 1.0}
        reason = (
            f"chi-squared with {_degrees(df)}, an upper bound of the p-value, because "
            f"{variances} variances are on the boundary"
        )
    if small.design.spec.family is not large.design.spec.family:
        weights, reason = _without_shape(weights, reason, variances > 1)
    gained = 2 * (large.loglik - small.loglik)
    statistic = gained if gained > ROUNDING else 0.0
    return LikelihoodRatio(small, large, statistic, df, weights, _tail(weights, statistic), reason)


def _comparable(fit: MaximumLikelihood) -> list[Scalar]:
    """Parameters, one number for all rows as the intercept of a formula that it might have."""
    intercepts = {name: one.variable("Intercept") for name, one in fit.design.predictors.items()}
    return [
        replace(item, role="fixed", label=intercepts[item.predictor])
        if item.role == "distributional"
        else item
        for item in fit.parameters
    ]


def _without_shape(
    weights: dict[int, float], reason: str, several: bool
) -> tuple[dict[int, float], str]:
    """A Poisson is the negative binomial whose inverse shape is 0, a boundary as well."""
    if len(weights) == 1:
        (df,) = weights
        bound = ", an upper bound of the p-value" if several else ""
        more = " and several variances are on theirs" if bound else ""
        return {df - 1: 0.5, df: 0.5}, (
            f"half chi-squared with {df - 1}, half with {_degrees(df)}{bound}, because "
            f"the Poisson is on the boundary of the negative binomial{more}"
        )
    return {max(weights): 1.0}, reason + "; the Poisson is too, so this is an upper bound"


def _degrees(df: int) -> str:
    return f"{df} degree{'s' * (df != 1)} of freedom"


def _tail(weights: dict[int, float], statistic: float) -> float:
    from scipy.stats import chi2

    tails = {df: chi2.sf(statistic, df) if df else float(statistic <= 0) for df in weights}
    return float(sum(weight * tails[df] for df, weight in weights.items()))


def _same_sizes(small: Design, large: Design) -> bool:
    """Whether both models have the same exposure, offsets and trials, row by row.

    Under a log link an exposure and an offset of its logarithm are the same.
    """
    others = [name for name in [*small.predictors][1:] if name in large.predictors]
    one, two = (
        np.stack([*_sizes(design), *(design.predictors[name].offset for name in others)])
        for design in (small, large)
    )
    return bool(np.allclose(one, two, rtol=1e-9, atol=1e-9))


def _sizes(design: Design) -> list[Array]:
    """Exposure, offset and trials, each of shape (n,)."""
    exposure, offset = np.asarray(design.rows.exposure), design.predictor.offset
    if design.spec.link.multiplicative:
        exposure, offset = np.ones(()), offset + np.log(exposure)
    sizes = (exposure, offset, np.asarray(design.rows.trials))
    return [np.broadcast_to(size, design.n) for size in sizes]


def _check(small: MaximumLikelihood, large: MaximumLikelihood) -> None:
    for name, given in (("small", small), ("large", large)):
        if not isinstance(given, MaximumLikelihood):
            raise SpecError(
                f"{name}={brief(given)} is no fit by maximum likelihood. Write lrt(small.ml(), "
                "large.ml())."
            )
    rows, others = small.design, large.design
    same = rows.n == others.n and np.array_equal(rows.positions, others.positions)
    if not same or not np.array_equal(rows.rows.y, others.rows.y):
        raise SpecError(
            f"The models are not of the same rows ({rows.n:,} and {others.n:,}), so their "
            "likelihoods cannot be compared. Give both the same data."
        )
    called = labels_called(rows)
    more = [
        called[item.label]
        for item, own in zip(small.parameters, _comparable(small), strict=True)
        if own not in _comparable(large)
    ]
    if more or small.df >= large.df:
        named = f"'{more[0]}' is only in the first" if more else "they have the same parameters"
        raise SpecError(f"The models are not nested: {named}. Write lrt(small, large).")
    if small.design.spec.link is not large.design.spec.link:
        raise SpecError("The models have different links, so they are not nested.")
    _check_families(rows, others)
    if not _same_sizes(rows, others):
        raise SpecError(
            "The models have different exposures, offsets or trials, so they are not nested. "
            "Give both the same."
        )
    if small.problem.factors and large.problem.factors and small.quadrature != large.quadrature:
        raise SpecError(
            f"One likelihood is by {small.quadrature} nodes, the other by {large.quadrature}: "
            "their difference is partly that of the methods. Use the same quadrature for both."
        )
    for fit in (small, large):
        if fit.dispersion != 1.0:
            raise SpecError("Quasi-likelihood has no likelihood ratio. Compare the plain fits.")
        if not fit.converged:
            raise SpecError(f"'{fit.design.spec.text}' has not converged.")


def _check_families(small: Design, large: Design) -> None:
    """Of two families only one that is a limit of the other is nested in it."""
    family, other = small.spec.family, large.spec.family
    if not other.includes(family):
        raise SpecError(
            f"The models have different families ({family.name} and {other.name}), so they are not "
            "nested. Only the Poisson is a case of another, the negative binomial."
        )
    if family is not other and large.modelled:
        raise SpecError(
            "A Poisson model cannot be tested against a negative binomial whose alpha has a "
            "formula: at the Poisson's limit the slopes of alpha mean nothing. Compare each with "
            "the negative binomial of one alpha."
        )
