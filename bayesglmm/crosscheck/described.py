"""What a second opinion needs of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from bayesglmm.design.design import Design
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.parametrization import Parametrization

if TYPE_CHECKING:
    import pymc as pm


class Described(Protocol):
    """A model with its priors and forms; a `Model` and a `Fit` are."""

    @property
    def design(self) -> Design:
        """The spec met by data."""

    @property
    def priors(self) -> Mapping[str, ChosenPrior]:
        """The prior of every parameter."""

    @property
    def forms(self) -> Mapping[str, Parametrization]:
        """The form of every group term."""

    @property
    def pymc(self) -> pm.Model:
        """The PyMC graph."""
