"""Distributions of responses: PyMC's classes, and what is used like one where it has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bayesglmm.families.graph_density import GraphDensity


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A distribution that PyMC has not; called, and asked for `dist`, as PyMC's classes are.

    Attributes
    ----------
    density : GraphDensity
    """

    density: GraphDensity

    @property
    def name(self) -> str:
        """What the graph calls it."""
        return self.density.name

    def __call__(self, name: str, *, observed: Any, dims: str, **arguments: Any) -> Any:
        """The response, in the model in whose context it is."""
        import pymc as pm

        return pm.CustomDist(name, *arguments.values(), observed=observed, dims=dims, **self._how)

    def dist(self, *, size: Any = None, **arguments: Any) -> Any:
        """The distribution by itself."""
        import pymc as pm

        return pm.CustomDist.dist(*arguments.values(), size=size, **self._how)

    @property
    def _how(self) -> dict[str, Any]:
        return {
            "logp": self.density.log_density,
            "random": self.density.random,
            "class_name": self.density.name,
            "dtype": "int64" if self.density.discrete else "float64",
        }


def find_distribution(found: str | GraphDensity) -> Any:
    """The distribution that `Family.distribution` speaks of.

    Parameters
    ----------
    found : str or GraphDensity

    Returns
    -------
    type or Written
        A class of PyMC, or what is used like one.
    """
    import pymc as pm

    return getattr(pm, found) if isinstance(found, str) else Written(found)
