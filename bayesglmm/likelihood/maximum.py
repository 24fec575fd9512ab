"""Where a likelihood is largest, in the user's units: estimates, errors and verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.errors import SpecError, unknown
from bayesglmm.families.links import Array
from bayesglmm.likelihood.optimum import Optimum
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.scale import Scalar, written_labels


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
class Maximum:
    """The maximum of a likelihood.

    Attributes
    ----------
    design : Design
    problem : Problem
    optimum : Optimum
        On the scale of the search.
    quadrature : int
        Nodes in a direction; 1 is Laplace's approximation.
    parameters : tuple of Scalar, length k
    estimates : array of shape (k,)
        User's units, link scale; standard deviations of group effects, correlations, and the
        family's other parameter: itself, or coefficients of its log.
    covariance : array of shape (k, k)
        Inverse of the observed information of the marginal likelihood, all parameters together;
        NaN where it is not known.
    effects : mapping
        Group effect to its conditional modes, one for each level.
    pearson : float
        Pearson's chi-squared at the conditional modes; NaN where the family has no variance.
    glm : GlmFit or None
        Where there are no groups, and no formula but the mean's; of a family with a deviance.
    boundaries : tuple of str
        What lies on the boundary of its range, in words.
    boundless : tuple of str
        Coefficients that the likelihood pushes without end; they have no estimate.
    caution : str
        Why the log likelihood may be wrong; empty where nothing is known against it.
    dispersion : float
        What the covariance matrix was multiplied by; 1 but for `quasi`.
    """

    design: Design
    problem: Problem
    optimum: Optimum
    quadrature: int
    parameters: tuple[Scalar, ...]
    estimates: Array
    covariance: Array
    effects: Mapping[str, Array]
    pearson: float
    glm: GlmFit | None
    boundaries: tuple[str, ...]
    boundless: tuple[str, ...]
    caution: str = ""
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
        """Whether the search arrived at a maximum, of finite coefficients."""
        return self.optimum.converged and not self.boundless

    @property
    def pearson_dispersion(self) -> float:
        """Pearson's chi-squared over the rows less the parameters."""
        return self.pearson / (self.design.n - self.df)

    def estimate(self, label: str) -> float:
        """The estimate of a parameter; see `place` for its name."""
        return float(self.estimates[self.place(label)])

    def place(self, label: str) -> int:
        """Where a parameter stands.

        Parameters
        ----------
        label : str
            Its label (``"1|county_sigma"``), or its name in the tables (``"sd(1|county)"``).

        Raises
        ------
        SpecError
            If there is none of this name.
        """
        written = written_labels(self.design)
        if label not in written:
            raise SpecError(unknown("parameter", label, written))
        return self.labels.index(written[label])

    @property
    def approximate(self) -> bool:
        """Whether an integral over group effects is approximated."""
        spec = self.design.spec
        linear = spec.link.linear and spec.family.is_canonical(spec.link)
        gaussian = linear and self.problem.active == (0,)  # the integral, given sigma
        return bool(self.problem.factors) and not gaussian

    @property
    def method(self) -> str:
        """How group effects were integrated out, in words."""
        if not self.problem.factors:
            return "maximum likelihood"
        if not self.approximate:
            return "maximum likelihood, exact"
        if self.quadrature == 1:
            return "maximum likelihood by Laplace's approximation"
        return f"maximum likelihood by adaptive quadrature, {self.quadrature} nodes"

    def verdict(self) -> str:
        """Whether the search arrived, what lies on a boundary, and what to doubt, in words."""
        rise = self.optimum.rise
        if self.boundless:
            first = (
                f"Not converged: the likelihood rises without end in {', '.join(self.boundless)}; "
                "some rows are separated from the others, and there is no finite estimate."
            )
        elif not self.converged:
            first = (
                "Not converged: the log likelihood could still rise "
                f"(by about {rise:.2g}), or is flat. The numbers are not the maximum."
            )
        else:
            first = f"Converged: the log likelihood can rise by less than {max(rise, 1e-12):.0e}."
        return " ".join([first, *self.boundaries, *filter(None, [self.caution])])
