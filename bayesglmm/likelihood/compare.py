"""Likelihood-ratio tests of nested models."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bayesglmm.likelihood.nested import check_nested, comparable
from bayesglmm.likelihood.result import MaximumLikelihood
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
    check_nested(small, large)
    own = comparable(small)
    new = [item for item in comparable(large) if item not in own]
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
        weights, reason = _at_limit(weights, reason, small, large)
    gained = 2 * (large.loglik - small.loglik)
    statistic = gained if gained > ROUNDING else 0.0
    return LikelihoodRatio(small, large, statistic, df, weights, _tail(weights, statistic), reason)


def _at_limit(
    weights: dict[int, float], reason: str, small: MaximumLikelihood, large: MaximumLikelihood
) -> tuple[dict[int, float], str]:
    """A Poisson is the negative binomial whose inverse shape is 0, a boundary as well."""
    limit, family = (f"'{fit.design.spec.family.name}'" for fit in (small, large))
    ends = [name for name in large.design.predictors if name not in small.design.predictors]
    if len(weights) > 1 or len(ends) > 1:
        df = max(weights)
        if len(weights) == 1:
            reason = f"chi-squared with {_degrees(df)}"
        return {df: 1.0}, (
            f"{reason}; family {limit} is on the boundary of family {family} too, so this is an "
            "upper bound of the p-value"
        )
    (df,) = weights
    several = "upper bound" in reason
    bound = ", an upper bound of the p-value" if several else ""
    more = " and several variances are on theirs" if several else ""
    return {df - 1: 0.5, df: 0.5}, (
        f"half chi-squared with {df - 1}, half with {_degrees(df)}{bound}, because family {limit} "
        f"is on the boundary of family {family}{more}"
    )


def _degrees(df: int) -> str:
    return f"{df} degree{'s' * (df != 1)} of freedom"


def _tail(weights: dict[int, float], statistic: float) -> float:
    from scipy.stats import chi2

    tails = {df: chi2.sf(statistic, df) if df else float(statistic <= 0) for df in weights}
    return float(sum(weight * tails[df] for df, weight in weights.items()))
