"""A maximum-likelihood fit: a maximum, and the tables that show it."""

from __future__ import annotations

from dataclasses import dataclass

from bayesglmm.likelihood import show
from bayesglmm.likelihood.maximum import Maximum
from bayesglmm.likelihood.profile import profile
from bayesglmm.likelihood.quasi import quasi
from bayesglmm.tables import Summary, Table


@dataclass(frozen=True, slots=True, eq=False)
class MaximumLikelihood(Maximum):
    """A maximum-likelihood fit; its attributes are those of `Maximum`."""

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
        return show.estimates_table(self, mass)

    def ratios(self, mass: float = 0.95) -> Table:
        """Fixed effects exponentiated (IRR, OR, ...) with Wald intervals.

        Raises
        ------
        SpecError
            If coefficients of this link are not ratios.
        """
        return show.ratios_table(self, mass)

    def profile(self, *labels: str, mass: float = 0.95) -> Table:
        """Profile-likelihood intervals; see `bayesglmm.likelihood.profile.profile`."""
        return profile(self, labels, mass)

    def quasi(self) -> MaximumLikelihood:
        """Standard errors of a quasi-likelihood; see `bayesglmm.likelihood.quasi.quasi`."""
        return quasi(self)

    def criteria(self) -> Table:
        """Log likelihood, information criteria, deviance, dispersion and counts."""
        return show.criteria_table(self)

    def __repr__(self) -> str:
        return repr(Summary((self.table(), self.criteria()), self.verdict()))

    def _repr_html_(self) -> str:
        return Summary((self.table(), self.criteria()), self.verdict())._repr_html_()
