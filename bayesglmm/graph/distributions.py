"""Distributions of responses: PyMC's classes, and what is used like one where it has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bayesglmm.families.graph_density import DerivedDensity, GraphDensity


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


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """A distribution made of another one, used as `Written` is.

    Attributes
    ----------
    derived : DerivedDensity
    base : type, Written or Derived
    """

    derived: DerivedDensity
    base: Any

    @property
    def name(self) -> str:
        """What the graph calls it."""
        return self.derived.name + (
            self.base.__name__ if isinstance(self.base, type) else self.base.name
        )

    @property
    def discrete(self) -> bool:
        """Whether its responses are whole numbers."""
        return is_discrete(self.base)

    def __call__(self, name: str, *, observed: Any, dims: str, **arguments: Any) -> Any:
        """The response, in the model in whose context it is."""
        import pymc as pm

        how = self._how(tuple(arguments))
        return pm.CustomDist(name, *arguments.values(), observed=observed, dims=dims, **how)

    def dist(self, *, size: Any = None, **arguments: Any) -> Any:
        """The distribution by itself."""
        import pymc as pm

        return pm.CustomDist.dist(*arguments.values(), size=size, **self._how(tuple(arguments)))

    def _how(self, names: tuple[str, ...]) -> dict[str, Any]:
        import pymc as pm

        def parts(values: tuple[Any, ...]) -> tuple[Any, dict[str, Any]]:
            given = dict(zip(names, values, strict=True))
            return given.pop(self.derived.chance, None), given

        def log_density(y: Any, *values: Any) -> Any:
            chance, given = parts(values)
            one = self.base.dist(**given)
            return self.derived.log_density(y, chance, lambda at: pm.logp(one, at))

        def random(*values: Any, rng: Any = None, size: Any = None) -> Any:
            chance, given = parts(values)
            one = self.base.dist(**given, size=size)
            return self.derived.draw(rng, chance, lambda: pm.draw(one, random_seed=rng))

        dtype = "int64" if self.discrete else "float64"
        return {"logp": log_density, "random": random, "class_name": self.name, "dtype": dtype}


def is_discrete(distribution: Any) -> bool:
    """Whether a distribution of the graph is one of whole numbers."""
    import pymc as pm

    if isinstance(distribution, Derived):
        return distribution.discrete
    if isinstance(distribution, Written):
        return distribution.density.discrete
    return issubclass(distribution, pm.Discrete)


def find_distribution(found: str | GraphDensity | DerivedDensity) -> Any:
    """The distribution that `Family.distribution` speaks of.

    Parameters
    ----------
    found : str, GraphDensity or DerivedDensity

    Returns
    -------
    type, Written or Derived
        A class of PyMC, or what is used like one.
    """
    import pymc as pm

    if isinstance(found, DerivedDensity):
        return Derived(found, find_distribution(found.base))
    return getattr(pm, found) if isinstance(found, str) else Written(found)
