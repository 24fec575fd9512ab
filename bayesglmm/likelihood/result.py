"""A maximum-likelihood fit: estimates, errors, verdict, and the tables that show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.errors import SpecError, unknown
from bayesglmm.families import find_measure
from bayesglmm.families.links import Array
from bayesglmm.likelihood.optimum import Optimum
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.scale import Parameter
from bayesglmm.tables import Summary, Table


@dataclass(frozen=True, slots=True, eq=False)
class GlmFit:
    """How close a model without groups comes to its rows.

    Attributes
    ----------
    deviance, null_deviance : float
        Residual deviance, and that of an intercept alone (McCullagh & Nelder 1989, section 2.3).
    residual_df, null_df : int
    """

    deviance: float
    null_deviance: float
    residual_df: int
    null_df: int


@dataclass(frozen=True, slots=True, eq=False)
class MaximumLikelihood:
    """A maximum-likelihood fit.

    Attributes
    ----------
    design : Design
    problem : Problem
    optimum : Optimum
        On the scale of the search.
    quadrature : int
        Nodes in a direction; 1 is Laplace's approximation.
    parameters : tuple of Parameter, length k
    estimates : array of shape (k,)
        User's units, link scale; standard deviations of group effects, correlations, and the
        auxiliary parameter.
    covariance : array of shape (k, k)
        Inverse of the observed information of the marginal likelihood, all parameters together;
        NaN where it is not known.
    effects : mapping
        Group effect to its conditional modes, one for each level.
    pearson : float
        Pearson's chi-squared at the conditional modes.
    glm : GlmFit or None
        Where there are no groups.
    boundaries : tuple of str
        What lies on the boundary of its range, in words.
    dispersion : float
        What the covariance matrix was multiplied by; 1 but for `quasi`.
    """

    design: Design
    problem: Problem
    optimum: Optimum
    quadrature: int
    parameters: tuple[Parameter, ...]
    estimates: Array
    covariance: Array
    effects: Mapping[str, Array]
    pearson: float
    glm: GlmFit | None
    boundaries: tuple[str, ...]
    dispersion: float = 1.0

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(item.label for item in self.parameters)

    @property
    def errors(self) -> Array:
        """Standard errors, shape (k,)."""
        with np.errstate(invalid="ignore"):
            return np.sqrt(np.diag(self.covariance))

    @property
    def loglik(self) -> float:
        """Log likelihood, all constants included; approximate where groups are integrated out."""
        return self.optimum.value

    @property
    def df(self) -> int:
        """Number of parameters."""
        return len(self.parameters)

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return 2 * self.df - 2 * self.loglik

    @property
    def bic(self) -> float:
        """Schwarz's information criterion, with the number of rows."""
        return float(self.df * np.log(self.design.n) - 2 * self.loglik)

    @property
    def converged(self) -> bool:
        """Whether the search arrived at a maximum."""
        return self.optimum.converged

    @property
    def pearson_dispersion(self) -> float:
        """Pearson's chi-squared over the rows less the parameters."""
        return self.pearson / (self.design.n - self.df)

    def estimate(self, label: str) -> float:
        """The estimate of a parameter by its label."""
        return float(self.estimates[self.place(label)])

    def place(self, label: str) -> int:
        """Where a parameter stands.

        Raises
        ------
        SpecError
            If there is none of this name.
        """
        if label not in self.labels:
            raise SpecError(unknown("parameter", label, self.labels))
        return self.labels.index(label)

    @property
    def method(self) -> str:
        """How group effects were integrated out, in words."""
        spec = self.design.spec
        if not self.problem.factors:
            return "maximum likelihood"
        if spec.family.name == "gaussian" and spec.link.name == "identity":
            return "maximum likelihood, exact"
        if self.quadrature == 1:
            return "maximum likelihood by Laplace's approximation"
        return f"maximum likelihood by adaptive quadrature, {self.quadrature} nodes"

    def verdict(self) -> str:
        """Whether the search arrived, and what lies on a boundary, in words."""
        rise = self.optimum.rise
        if not self.converged:
            first = (
                "Not converged: the log likelihood could still rise "
                f"(by about {rise:.2g}), or is flat. The numbers are not the maximum."
            )
        else:
            first = f"Converged: the log likelihood can rise by less than {max(rise, 1e-12):.0e}."
        return " ".join([first, *self.boundaries])

    def table(self, mass: float = 0.95) -> Table:
        """Estimates with standard errors and, for fixed effects, Wald intervals.

        Parameters
        ----------
        mass : float
            Coverage that the intervals aim at.

        Returns
        -------
        Table
            Link scale.
        """
        return _table(self, mass)

    def ratios(self, mass: float = 0.95) -> Table:
        """Fixed effects exponentiated (IRR, OR, ...) with Wald intervals.

        Raises
        ------
        SpecError
            If coefficients of this link are not ratios.
        """
        return _ratios(self, mass)

    def criteria(self) -> Table:
        """Log likelihood, information criteria, deviance, dispersion and counts."""
        return _criteria(self)

    def __repr__(self) -> str:
        return repr(Summary((self.table(), self.criteria()), self.verdict()))

    def _repr_html_(self) -> str:
        return Summary((self.table(), self.criteria()), self.verdict())._repr_html_()


def _wald(fit: MaximumLikelihood, mass: float) -> tuple[Array, Array]:
    """Ends of the Wald intervals, NaN but for fixed effects."""
    half = quantile(mass) * fit.errors
    fixed = np.array([item.role == "fixed" for item in fit.parameters])
    half = np.where(fixed, half, np.nan)
    return fit.estimates - half, fit.estimates + half


def quantile(mass: float) -> float:
    """Half the width, in standard errors, of an interval that aims at a coverage.

    Raises
    ------
    SpecError
        If `mass` is not between 0 and 1.
    """
    from scipy.special import ndtri

    if not 0 < mass < 1:
        raise SpecError(f"mass={mass!r} must lie between 0 and 1, such as 0.95.")
    return float(ndtri(0.5 + mass / 2))


def _table(fit: MaximumLikelihood, mass: float) -> Table:
    lower, upper = _wald(fit, mass)
    frame = pd.DataFrame(
        {
            "": fit.labels,
            "estimate": fit.estimates,
            "SE": fit.errors,
            "lower": lower,
            "upper": upper,
        }
    )
    return Table(
        frame,
        caption=f"Estimates: {fit.method}",
        scale=f"link ({fit.design.spec.link.scale}), user's units",
        estimand=_estimand(fit),
        notes=(fit.verdict(), _interval_note(fit, mass)),
        kinds=dict.fromkeys(("estimate", "SE", "lower", "upper"), "estimate"),
    )


def _ratios(fit: MaximumLikelihood, mass: float) -> Table:
    measure = find_measure(fit.design.spec.family, fit.design.spec.link)
    if not measure.ratio:
        raise SpecError(
            f"Coefficients of the {fit.design.spec.link.name} link are not ratios "
            f"but a {measure.long}. Use table()."
        )
    lower, upper = _wald(fit, mass)
    fixed = [place for place, item in enumerate(fit.parameters) if item.role == "fixed"]
    frame = pd.DataFrame(
        {
            "": [fit.labels[place] for place in fixed],
            measure.short: np.exp(fit.estimates[fixed]),
            "lower": np.exp(lower[fixed]),
            "upper": np.exp(upper[fixed]),
        }
    )
    return Table(
        frame,
        caption=f"{measure.long}: {fit.method}",
        scale="response (ratio); the intercept is the exponentiated baseline",
        estimand=_estimand(fit),
        notes=(fit.verdict(), _interval_note(fit, mass)),
        kinds=dict.fromkeys((measure.short, "lower", "upper"), "positive"),
    )


def _estimand(fit: MaximumLikelihood) -> str:
    if fit.design.predictor.groups:
        return "conditional: for a typical group, with all group effects at zero"
    return "conditional on the columns of the model"


def _interval_note(fit: MaximumLikelihood, mass: float) -> str:
    note = (
        f"{100 * mass:g} % Wald confidence intervals of the likelihood, not of a posterior; "
        "standard errors by the observed information."
    )
    if fit.dispersion != 1.0:
        note += f" Standard errors multiplied by the root of the dispersion {fit.dispersion:.4g}."
    return note


def _criteria(fit: MaximumLikelihood) -> Table:
    rows: list[tuple[str, float]] = []
    if fit.dispersion == 1.0:
        rows += [("log likelihood", fit.loglik), ("-2 log likelihood", -2 * fit.loglik)]
        rows += [("AIC", fit.aic), ("BIC", fit.bic)]
    if fit.glm is not None:
        rows += [(f"residual deviance (df {fit.glm.residual_df})", fit.glm.deviance)]
        rows += [(f"null deviance (df {fit.glm.null_df})", fit.glm.null_deviance)]
    rows += [("Pearson dispersion", fit.pearson_dispersion)]
    rows += [("parameters", fit.df), ("observations", fit.design.n)]
    rows += [(f"groups of {factor.name}", factor.levels) for factor in fit.problem.factors]
    frame = pd.DataFrame(
        {"": [name for name, _ in rows], "value": [f"{value:,.6g}" for _, value in rows]}
    )
    notes = ("Without a likelihood there is no AIC.",) if fit.dispersion != 1.0 else ()
    return Table(frame, caption="Fit", notes=notes)
