"""From cells, coordinates and a map to what the compiled density reads."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.engine.compression import Cells
from bayesglmm.engine.coordinates import Coordinates, lkj_powers
from bayesglmm.engine.jit import cached_cfunc
from bayesglmm.engine.kernel.carried import carrier
from bayesglmm.engine.kernel.cell_arrays import CellArrays
from bayesglmm.engine.kernel.density import rows_part
from bayesglmm.engine.kernel.layout import Layout
from bayesglmm.engine.kernel.likelihood_calls import rest_address, rows_address, stacked
from bayesglmm.engine.kernel.log_priors import PRIOR_NUMBERS, prior_row
from bayesglmm.engine.kernel.map_arrays import MapArrays
from bayesglmm.engine.kernel.mapping import backward, forward
from bayesglmm.engine.kernel.pointers import PART
from bayesglmm.engine.kernel.prior_arrays import PriorArrays
from bayesglmm.engine.kernel.record import Record, arrays
from bayesglmm.engine.likelihoods import Likelihood
from bayesglmm.engine.transport import Transport
from bayesglmm.families.links import Array


def make_record(
    likelihood: Likelihood, cells: Cells, coordinates: Coordinates, transport: Transport
) -> Record:
    """What the compiled density of a model reads.

    Parameters
    ----------
    likelihood : Likelihood
        Compiled here, as are the parts of the density, where they are not yet.
    cells : Cells
    coordinates : Coordinates
    transport : Transport

    Returns
    -------
    Record
    """
    of_cells = _cell_arrays(cells, coordinates)
    return Record(
        _layout(likelihood, cells, coordinates, transport, np.all(of_cells.Z == 1, axis=1)),
        of_cells,
        _prior_arrays(cells, coordinates),
        _map_arrays(transport),
    )


def part_addresses() -> tuple[int, ...]:
    """Addresses of the density's compiled parts, in the order in which it calls them."""
    return tuple(cached_cfunc(part, PART).address for part in (forward, rows_part, backward))


def _layout(
    likelihood: Likelihood,
    cells: Cells,
    coordinates: Coordinates,
    transport: Transport,
    ones: Any,
) -> Layout:
    of_effects = [k for factor in cells.factors for k in factor.predictors]
    effects = [
        (effect.place, effect.block, effect.correlations, constant, k, shared)
        for effect, constant, k, shared in zip(
            coordinates.effects, ones, of_effects, transport.shared, strict=True
        )
    ]
    return arrays(
        Layout,
        sizes=(
            cells.count // cells.predictors,
            coordinates.theta,
            coordinates.fixed,
            rows_address(likelihood),
            rest_address(likelihood),
            bool(coordinates.scalar),
            max((factor.q for factor in cells.factors), default=1),
            *part_addresses(),
            transport.joint,
            transport.joint_size,
            cells.predictors,
        ),
        factors=_factor_table(coordinates, transport),
        effects=np.array(effects, dtype=np.int64).reshape(-1, 6),
    )


def _cell_arrays(cells: Cells, coordinates: Coordinates) -> CellArrays:
    """Cells whose predictors stand one after the other, no longer side by side."""
    K = cells.predictors
    m, rows = cells.count // K, len(cells.patterns) // K
    bounds = np.array([*coordinates.firsts[1:], coordinates.fixed])
    predictor = np.searchsorted(bounds, np.arange(coordinates.fixed), side="right")
    few, many = predictor[cells.pattern_columns], predictor[cells.dense_columns]
    pattern = cells.pattern[::K] // K
    in_order = bool(np.all(np.diff(pattern) >= 0))
    apart = cells.patterns.reshape(rows, K, len(few))
    index = [factor.index[::K] for factor in cells.factors]
    effects = [
        values[k::K]
        for factor in cells.factors
        for values, k in zip(factor.Z, factor.predictors, strict=True)
    ]
    return arrays(
        CellArrays,
        statistics=stacked(cells.statistics.cells),
        rest=stacked(cells.statistics.rest),
        offset=cells.offset.reshape(m, K).T if len(cells.offset) else np.zeros((0, 0)),
        predictor=predictor,
        pattern=pattern,
        pattern_start=_starts(pattern, rows) if in_order else np.zeros(0),
        patterns=apart[:, few, np.arange(len(few))],
        pattern_columns=cells.pattern_columns,
        dense=np.array([values[k::K] for values, k in zip(cells.dense, many, strict=True)]).reshape(
            -1, m
        ),
        dense_columns=cells.dense_columns,
        level=np.array(index).reshape(-1, m),
        level_start=_starts(index[-1], cells.factors[-1].levels) if index else np.zeros(0),
        Z=np.array(effects).reshape(-1, m),
    )


def _prior_arrays(cells: Cells, coordinates: Coordinates) -> PriorArrays:
    rows, constants = [], []
    for prior in coordinates.priors:
        row, constant = prior_row(prior)
        rows.append(row)
        constants.append(constant)
    powers, lkj = lkj_powers(coordinates)
    normal = -0.5 * math.log(2 * math.pi) * sum(factor.size for factor in cells.factors)
    return arrays(
        PriorArrays,
        priors=np.array(rows).reshape(-1, PRIOR_NUMBERS),
        carriers=[carrier(link) for link in coordinates.links],
        lkj=powers,
        constant=(cells.statistics.constant + sum(constants) + lkj + normal,),
    )


def _map_arrays(transport: Transport) -> MapArrays:
    blocks = transport.blocks
    return arrays(
        MapArrays,
        theta_center=transport.theta_center,
        theta_factor=transport.theta_factor,
        theta_shape=transport.theta_shape,
        means=transport.means,
        fixed_center=transport.fixed_center,
        fixed_factor=transport.fixed_factor,
        fixed_cross=transport.fixed_cross,
        scaling=(transport.latent, transport.residual, *transport.log_scales),
        spread=transport.spread,
        information=_joined([block.information.ravel() for block in blocks]),
        linear=_joined([block.linear for block in blocks]),
        center=_joined([block.center for block in blocks]),
        cross_start=_cross_starts(transport),
        cross_index=_joined([block.cross.index for block in blocks]),
        cross_value=_joined([block.cross.value for block in blocks]),
        rotation=_joined([b.rotation.ravel() for b in blocks if b.rotation is not None]),
    )


def _starts(codes: Any, count: int) -> Any:
    """First cell of each code, of cells that stand in the order of their codes."""
    return np.searchsorted(codes, np.arange(count + 1))


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
