"""A model ready for compiled code: cells, coordinates and a map, behind two addresses."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from bayesglmm.engine.cells import Cells, Factor
from bayesglmm.engine.coordinates import Coordinates, effect_table, lkj_powers
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
        return _record(self)

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


def part_addresses() -> tuple[int, ...]:
    """Addresses of the density's compiled parts, in the order in which it calls them."""
    from bayesglmm.engine.kernel.density import back_part, map_part, rows_part
    from bayesglmm.engine.kernel.pointers import PART

    return tuple(cached_cfunc(part, PART).address for part in (map_part, rows_part, back_part))


def _doubles(values: Array) -> Any:
    import ctypes

    return values.ctypes.data_as(ctypes.POINTER(ctypes.c_double))


def _record(target: Target) -> Any:
    from bayesglmm.engine.kernel.likelihoods import auxiliary_address, rows_address
    from bayesglmm.engine.kernel.priors import prior_row
    from bayesglmm.engine.kernel.record import make_record

    cells, coordinates, transport = target.cells, target.coordinates, target.transport
    statistics = cells.statistics
    rows, constants = [], []
    for prior in coordinates.priors:
        row, constant = prior_row(prior)
        rows.append(row)
        constants.append(constant)
    effects = [factor.Z for factor in cells.factors]
    Z = np.concatenate([np.zeros((0, cells.count)), *effects])
    powers, lkj = lkj_powers(coordinates)
    normal = -0.5 * math.log(2 * math.pi) * sum(factor.size for factor in cells.factors)
    blocks = transport.blocks
    return make_record(
        sizes=(
            cells.count,
            coordinates.theta,
            coordinates.fixed,
            rows_address(target.likelihood),
            auxiliary_address(target.likelihood),
            bool(coordinates.auxiliary),
            max((factor.q for factor in cells.factors), default=1),
            *part_addresses(),
            transport.joint,
            transport.joint_size,
        ),
        a=statistics.a,
        b=statistics.b,
        c=statistics.c,
        table=statistics.table,
        offset=cells.offset,
        pattern=cells.pattern,
        patterns=cells.patterns,
        pattern_columns=cells.pattern_columns,
        dense=cells.dense,
        dense_columns=cells.dense_columns,
        index=np.array([factor.index for factor in cells.factors]).reshape(-1, cells.count),
        shaft=_starts(cells.factors[-1]) if cells.factors else np.zeros(0),
        Z=Z,
        factors=_factor_table(coordinates, transport),
        effects=effect_table(coordinates, np.all(Z == 1, axis=1)),
        lkj=powers,
        spread=transport.spread,
        means=transport.means,
        priors=np.array(rows).reshape(-1, 4),
        constant=(statistics.constant + sum(constants) + lkj + normal,),
        theta_center=transport.theta_center,
        theta_factor=transport.theta_factor,
        theta_shape=transport.theta_shape,
        fixed_center=transport.fixed_center,
        fixed_factor=transport.fixed_factor,
        fixed_cross=transport.fixed_cross,
        scaling=(transport.latent, transport.log_scale, transport.residual),
        information=_joined([block.information.ravel() for block in blocks]),
        linear=_joined([block.linear for block in blocks]),
        center=_joined([block.center for block in blocks]),
        cross_start=_cross_starts(transport),
        cross_index=_joined([block.cross.index for block in blocks]),
        cross_value=_joined([block.cross.value for block in blocks]),
        rotation=_joined([b.rotation.ravel() for b in blocks if b.rotation is not None]),
    )


def _starts(factor: Factor) -> Any:
    """First cell of each level of the factor by which the cells are sorted."""
    return np.searchsorted(factor.index, np.arange(factor.levels + 1))


def _joined(parts: list[Any]) -> Array:
    return np.concatenate([np.zeros(0), *parts])


def _cross_starts(transport: Transport) -> Any:
    """Start of every sparse row, factors one after the other."""
    starts, before = [np.zeros(1, dtype=np.int64)], 0
    for block in transport.blocks:
        starts.append(block.cross.start[1:] + before)
        before += len(block.cross.value)
    return np.concatenate(starts)


def _factor_table(coordinates: Coordinates, transport: Transport) -> Any:
    rows = []
    information, cross, rotation = transport.joint_size**2, transport.joint_size, 0
    blocks = (*transport.blocks[:1] * transport.joint, *transport.blocks[bool(transport.joint) :])
    for number, (factor, block) in enumerate(zip(coordinates.factors, blocks, strict=True)):
        first = coordinates.first_effect(number)
        turn = rotation if block.rotation is not None else -1
        start = coordinates.starts[number]
        rows.append((factor.levels, factor.q, first, start, information, cross, turn))
        if number < transport.joint:
            continue
        information += factor.size * factor.q
        cross += factor.size
        rotation += block.rotation.size if block.rotation is not None else 0
    return np.array(rows, dtype=np.int64).reshape(-1, 7)
