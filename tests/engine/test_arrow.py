"""The arrow-shaped solver against dense matrices of the same columns."""

from __future__ import annotations

import numpy as np
import pytest
from seeds import generator

from bayesglmm.engine import cross_pattern
from bayesglmm.engine.arrow import as_array
from bayesglmm.engine.arrow_columns import ArrowColumns, make_arrow_columns
from bayesglmm.engine.level_columns import LevelColumns

CELLS = 60
SHAPES = {  # columns of fixed effects; levels and effects of each factor, the shaft last
    "fixed effects alone": (3, ()),
    "shaft alone": (0, ((9, 2),)),
    "one factor": (2, ((8, 1),)),
    "slopes": (1, ((7, 3),)),
    "two factors": (2, ((3, 1), (11, 1))),
    "three factors": (1, ((2, 2), (4, 1), (13, 2))),
    "crossed, without fixed effects": (0, ((5, 2), (9, 1))),
}


def dense_factor(own: LevelColumns) -> np.ndarray:
    """Columns as a matrix (m, G * q)."""
    found = np.zeros((CELLS, own.size))
    for i, z in enumerate(own.Z):
        found[np.arange(CELLS), own.places(i)] = z
    return found


def dense_columns(columns: ArrowColumns) -> tuple[np.ndarray, np.ndarray]:
    head = [columns.X.T, *map(dense_factor, columns.head)]
    return np.concatenate(head, axis=1), dense_factor(columns.shaft)


@pytest.fixture(params=SHAPES)
def columns(request) -> ArrowColumns:
    P, sizes = SHAPES[request.param]
    rng = generator(1)
    factors = [  # the last level of each factor has no cell
        LevelColumns(levels, rng.integers(0, levels - 1, CELLS), rng.normal(size=(q, CELLS)))
        for levels, q in sizes
    ]
    return make_arrow_columns(rng.normal(size=(P, CELLS)), factors)


@pytest.fixture(params=["dense", "sparse"])
def storage(request, monkeypatch, columns) -> ArrowColumns:
    """The same columns with the cross term dense or sparse."""
    if request.param == "dense":
        return columns
    monkeypatch.setattr(cross_pattern, "SMALL", 0)
    return make_arrow_columns(columns.X, [*columns.head, columns.shaft])


def test_sums_are_products_of_matrices(storage):
    rng = generator(2)
    head, shaft = dense_columns(storage)
    values, of_head, of_shaft = (rng.normal(size=k) for k in (CELLS, head.shape[1], shaft.shape[1]))
    both = storage.sums(values)
    np.testing.assert_allclose(both[0], head.T @ values, atol=1e-12)
    np.testing.assert_allclose(both[1], shaft.T @ values, atol=1e-12)
    direct = head @ of_head + shaft @ of_shaft
    np.testing.assert_allclose(storage.predictor(of_head, of_shaft), direct, atol=1e-12)
    whole = np.concatenate([head, shaft], axis=1)
    found = storage.information(np.exp(values)).dense
    np.testing.assert_allclose(found, whole.T @ (np.exp(values)[:, None] * whole), atol=1e-11)


def test_the_factorised_arrow_is_the_inverse(storage):
    rng = generator(3)
    head, shaft = dense_columns(storage)
    whole, h, q = np.concatenate([head, shaft], axis=1), head.shape[1], storage.shaft.q
    weight, right = rng.uniform(0.2, 3, CELLS), rng.normal(size=whole.shape[1])
    penalty, of_head = np.eye(q) + 0.3, np.diag(rng.uniform(0.5, 2, h))
    arrow = storage.information(weight)
    inverse = arrow.factorise(penalty, of_head)
    matrix = whole.T @ (weight[:, None] * whole)
    matrix[:h, :h] += of_head
    matrix[h:, h:] += np.kron(np.eye(storage.shaft.levels), penalty)
    direct = np.linalg.inv(matrix)
    close = {"rtol": 1e-9, "atol": 1e-11}
    np.testing.assert_allclose(
        np.concatenate(inverse.solve(right[:h], right[h:])), direct @ right, **close
    )
    assert inverse.log_determinant == pytest.approx(np.linalg.slogdet(matrix)[1], rel=1e-11)
    np.testing.assert_allclose(inverse.head_inverse, direct[:h, :h], **close)
    np.testing.assert_allclose(inverse.mixed, direct[h:, :h], **close)
    blocks = np.arange(len(matrix) - h).reshape(storage.shaft.levels, q) + h
    expected = direct[blocks[:, :, None], blocks[:, None, :]]
    np.testing.assert_allclose(inverse.shaft_blocks, expected, **close)
    np.testing.assert_allclose(inverse.shaft_blocks_within(h), expected, **close)
    np.testing.assert_allclose(
        storage.variances(inverse), np.einsum("mi,ij,mj->m", whole, direct, whole), **close
    )
    np.testing.assert_allclose(
        as_array(inverse.cross), as_array(arrow.cross), **close
    )  # what the map of a pilot reads


def test_variances_by_blocks_leave_the_rest_of_the_inverse_out():
    rng = generator(4)
    P, sizes = SHAPES["three factors"]
    factors = [
        LevelColumns(levels, rng.integers(0, levels, CELLS), rng.normal(size=(q, CELLS)))
        for levels, q in sizes
    ]
    columns = make_arrow_columns(rng.normal(size=(P, CELLS)), factors)
    head, shaft = dense_columns(columns)
    h, q = head.shape[1], columns.shaft.q
    inverse = columns.information(np.ones(CELLS)).factorise(np.eye(q), np.eye(h))
    expected = np.zeros(CELLS)
    parts = [(head[:, :P], inverse.head_inverse[:P, :P])]
    for own, start in zip(columns.head, columns.starts, strict=False):
        here = slice(start, start + own.size)
        kept = np.kron(np.eye(own.levels), np.ones((own.q, own.q)))
        parts.append((head[:, here], inverse.head_inverse[here, here] * kept))
    given = np.zeros((columns.shaft.size, columns.shaft.size))
    for level, block in enumerate(inverse.shaft_inverse):
        given[level * q : (level + 1) * q, level * q : (level + 1) * q] = block
    parts.append((shaft, given))
    for rows, matrix in parts:
        expected += np.einsum("mi,ij,mj->m", rows, matrix, rows)
    np.testing.assert_allclose(columns.block_variances(inverse), expected, rtol=1e-10)


def test_scaled_columns_are_those_of_scaled_effects(columns):
    rng = generator(5)
    factors = [np.tril(rng.normal(size=(f.q, f.q))) for f in (*columns.head, columns.shaft)]
    head, shaft = dense_columns(columns)
    P = len(columns.X)
    turned = [np.kron(np.eye(f.levels), L) for f, L in zip(columns.head, factors, strict=False)]
    found = dense_columns(columns.scaled(factors))
    for place, matrix in zip(columns.starts, turned, strict=False):
        here = slice(place, place + len(matrix))
        np.testing.assert_allclose(found[0][:, here], head[:, here] @ matrix, atol=1e-12)
    np.testing.assert_allclose(found[0][:, :P], head[:, :P])
    of_shaft = np.kron(np.eye(columns.shaft.levels), factors[-1])
    np.testing.assert_allclose(found[1], shaft @ of_shaft, atol=1e-12)


@pytest.mark.parametrize("shape", ["one factor", "slopes", "two factors"])
@pytest.mark.parametrize("weight", [-1.0, np.nan])
def test_what_is_not_positive_definite_is_said(shape, weight):
    P, sizes = SHAPES[shape]
    rng = generator(6)
    factors = [
        LevelColumns(levels, rng.integers(0, levels, CELLS), rng.normal(size=(q, CELLS)))
        for levels, q in sizes
    ]
    columns = make_arrow_columns(rng.normal(size=(P, CELLS)), factors)
    arrow = columns.information(np.full(CELLS, weight))
    penalty = np.eye(columns.shaft.q), np.eye(columns.starts[-1])
    with pytest.raises(np.linalg.LinAlgError):
        arrow.factorise(*penalty)
