"""What a sampler gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from bayesglmm.engine.settings import Settings
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True)
class Run:
    """How the draws were made, and what they cost.

    Attributes
    ----------
    engine, version : str
        Sampler and its version.
    compiling, sampling : float
        Wall seconds. PyMC's own samplers do not tell the two apart: all is under `sampling`.
    gradients : int
        Gradient evaluations after warm-up, all chains.
    extensions : tuple of str
        Parts of the graph that the user added to what the spec says.
    """

    engine: str
    version: str
    compiling: float
    sampling: float
    gradients: int
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Draws from the posterior.

    Attributes
    ----------
    posterior : xarray.Dataset
        Variables with dimensions (chain, draw, ...), on the link scale, user's units.
    sample_stats : xarray.Dataset
        Per draw, in ArviZ's names: ``diverging``, ``energy``, ``tree_depth``, ``n_steps``,
        ``reached_max_treedepth``.
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
