"""A graph as it was written, so that what the user changes afterwards can be told."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pymc as pm


@dataclass(frozen=True, slots=True)
class Changes:
    """What the user changed of a graph.

    Attributes
    ----------
    added : tuple of str
        Names of the parts that were added.
    data : bool
        Whether values of its data were changed.
    """

    added: tuple[str, ...] = ()
    data: bool = False

    def sentence(self) -> str:
        """The changes in words; empty where there are none."""
        if self.added:
            return f"the graph was extended by {', '.join(self.added)}"
        return "the graph's data were changed" if self.data else ""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A graph that no spec gives back, such as one that the user extended.

    It gives the graph when it is called; pickled, it takes the functions along that the graph
    is made of, which plain pickle knows by name only.

    Attributes
    ----------
    graph : pymc.Model
    """

    graph: pm.Model

    def __call__(self) -> pm.Model:
        """The graph."""
        return self.graph

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[bytes]]:
        import cloudpickle

        return _kept, (cloudpickle.dumps(self.graph),)


def _kept(content: bytes) -> Kept:
    return Kept(pickle.loads(content))


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A graph, with its parts and a digest of its data at the time it was written.

    Attributes
    ----------
    kept : Kept
    names : tuple of str
    digest : str
    """

    kept: Kept
    names: tuple[str, ...]
    digest: str

    @property
    def graph(self) -> pm.Model:
        """The graph, with all that was added to it since."""
        return self.kept.graph

    def changes(self) -> Changes:
        """What has been changed since."""
        added = tuple(name for name in part_names(self.graph) if name not in self.names)
        return Changes(added, graph_data_digest(self.graph) != self.digest)


def remember(graph: pm.Model) -> Written:
    """A graph as it stands now.

    Parameters
    ----------
    graph : pymc.Model

    Returns
    -------
    Written
    """
    return Written(Kept(graph), part_names(graph), graph_data_digest(graph))


def part_names(model: pm.Model) -> tuple[str, ...]:
    """Names of a graph's variables, deterministics and potentials.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    tuple of str
    """
    parts = (*model.basic_RVs, *model.deterministics, *model.potentials)
    return tuple(part.name for part in parts)


def graph_data_digest(model: pm.Model) -> str:
    """Digest of a graph's data, which changes with any of their values.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    str
        Hexadecimal.
    """
    digest = hashlib.sha256()
    for variable in model.data_vars:
        values = np.ascontiguousarray(variable.get_value(borrow=True))
        digest.update(f"{variable.name} {values.dtype} {values.shape}".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()
