"""A model ready for compiled code: cells, coordinates and a map, behind two addresses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from bayesglmm.engine.compression import Cells
from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.engine.jit import cached_cfunc
from bayesglmm.engine.likelihoods import Likelihood
from bayesglmm.engine.transport import Transport, identity
from bayesglmm.families.links import Array


@dataclass(frozen=True, eq=False)
class Target:
    """Log density of the coordinates of a map.

    Attributes
    ----------
    likelihood : Likelihood
    cells : Cells
    coordinates : Coordinates
    transport : Transport
    """

    likelihood: Likelihood
    cells: Cells
    coordinates: Coordinates
    transport: Transport

    def moved(self, transport: Transport) -> Target:
        """The same posterior behind another map."""
        return replace(self, transport=transport)

    @property
    def natural(self) -> Target:
        """The density of the non-centred parameters themselves."""
        return self.moved(identity(self.coordinates))

    @cached_property
    def record(self) -> Any:
        """What the compiled density reads."""
        from bayesglmm.engine.kernel_record import make_record

        return make_record(self.likelihood, self.cells, self.coordinates, self.transport)

    @cached_property
    def addresses(self) -> Any:
        """The record as addresses."""
        from bayesglmm.engine.kernel.record import addresses

        return addresses(self.record)

    def density(self, z: Array) -> tuple[float, Array]:
        """Log density and gradient of the coordinates.

        Parameters
        ----------
        z : array of shape (dim,)

        Returns
        -------
        value : float
        gradient : array of shape (dim,)
        """
        z, gradient = np.ascontiguousarray(z, dtype=float), np.empty(len(z))
        value = np.empty(1)
        pointer = density_function()
        pointer.ctypes(
            len(z), _doubles(z), _doubles(gradient), _doubles(value), self.addresses.ctypes.data
        )
        return float(value[0]), gradient

    def place(self, z: Array) -> Array:
        """Parameters of the coordinates.

        Parameters
        ----------
        z : array of shape (dim,)

        Returns
        -------
        array of shape (dim,)
            theta, fixed effects on the sampler's scale, group effects.
        """
        z, found = np.ascontiguousarray(z, dtype=float), np.empty(len(z))
        expand_function().ctypes(
            len(z), len(z), _doubles(z), _doubles(found), self.addresses.ctypes.data
        )
        return found


def density_function() -> Any:
    """The compiled log density, one for all models."""
    from bayesglmm.engine.kernel.density import DENSITY, density

    return cached_cfunc(density, DENSITY)


def expand_function() -> Any:
    """The compiled map, one for all models."""
    from bayesglmm.engine.kernel.density import EXPAND, expand

    return cached_cfunc(expand, EXPAND)


def _doubles(values: Array) -> Any:
    import ctypes

    return values.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
