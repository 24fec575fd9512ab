"""What a sampler gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from bayesglmm.engine.settings import KERNEL, Settings
from bayesglmm.families.links import Array
from bayesglmm.tables.numbers import format_number

STATISTICS = {
    "depth": "tree_depth",
    "maxdepth_reached": "reached_max_treedepth",
    "step_size_bar": "step_size",
    "mean_tree_accept": "acceptance_rate",
    "n_steps": "n_steps",
    "diverging": "diverging",
    "energy": "energy",
    "logp": "lp",
}
"""nutpie's names of the sampler statistics that are kept, and ArviZ's."""


@dataclass(frozen=True, slots=True)
class Run:
    """How the draws were made, and what they cost.

    Attributes
    ----------
    engine, version : str
        Sampler and its version.
    seconds : mapping
        Stage, such as ``"pilot"`` or ``"sampling"``, to wall seconds. PyMC's own samplers do not
        tell compiling from sampling.
    gradients : int
        Gradient evaluations after warm-up, all chains.
    warmup_gradients : int or None
        ... and before; None where the sampler does not tell.
    notes : tuple of str
        What was decided and why: the engine, the map.
    stopped : str
        Why the run ended before what was asked of it; empty where it is complete.
    extensions : tuple of str
        Parts of the graph that the user added to what the spec says.
    counted : str
        What `gradients` counts, where it is something else.
    """

    engine: str
    version: str
    seconds: Mapping[str, float]
    gradients: int
    warmup_gradients: int | None = None
    notes: tuple[str, ...] = ()
    stopped: str = ""
    extensions: tuple[str, ...] = ()
    counted: str = "gradients"

    @property
    def of_graph(self) -> bool:
        """Whether the PyMC graph was sampled, not the kernel."""
        return self.engine != KERNEL

    @property
    def complete(self) -> bool:
        """Whether the run reached what was asked of it."""
        return not self.stopped

    def sentences(self) -> tuple[str, ...]:
        """The run in words."""
        times = ", ".join(
            f"{name} {format_number(taken)} s" for name, taken in self.seconds.items()
        )
        warmup = "" if self.warmup_gradients is None else f" and {self.warmup_gradients:,} before"
        found = [
            f"{self.engine} ({self.version}).",
            *(f"{note[0].upper()}{note[1:]}." for note in self.notes),
            f"Wall time: {times}; {self.gradients:,} {self.counted} after warm-up{warmup}.",
        ]
        if self.stopped:
            found.append(f"The run is incomplete: {self.stopped}.")
        return tuple(found)

    def __repr__(self) -> str:
        return "\n".join(self.sentences())


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Draws from the posterior.

    Attributes
    ----------
    posterior : xarray.Dataset
        Variables with dimensions (chain, draw, ...), on the link scale, user's units.
    sample_stats : xarray.Dataset
        Per draw, in ArviZ's names: ``diverging``, ``energy``, ``tree_depth``, ``n_steps``,
        ``reached_max_treedepth``; of the collapsed sampler ``acceptance_rate``, ``accepted``,
        ``lp`` (of theta and the fixed effects, effects integrated out, with the noise of their
        draws) and ``n_steps``.
    settings : Settings
    run : Run
    """

    posterior: xr.Dataset
    sample_stats: xr.Dataset
    settings: Settings
    run: Run

    def array(self, name: str) -> Array:
        """Draws of one variable.

        Parameters
        ----------
        name : str

        Returns
        -------
        array of shape (chains, draws, k)
            k is 1 for a scalar.
        """
        values = self.posterior[name].to_numpy()
        return np.asarray(values.reshape(*values.shape[:2], -1), dtype=float)

    def flat(self, name: str) -> Array:
        """Draws of one variable with the chains joined.

        Parameters
        ----------
        name : str

        Returns
        -------
        array of shape (chains * draws, k)
        """
        values = self.array(name)
        return values.reshape(-1, values.shape[-1])

    @property
    def size(self) -> int:
        """Number of draws, all chains together."""
        return int(self.posterior.sizes["chain"] * self.posterior.sizes["draw"])
