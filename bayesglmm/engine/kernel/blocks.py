"""One group's effects: from standard normal coordinates to the non-centred effects, and back.

For a group with information ``W`` (q x q) about its effects, the Gaussian that the pilot has for
them given everything else has precision ``P = W + inverse(L L')``, where ``L`` is the Cholesky
factor of the effects' covariance. With ``M = I + L' W L = K K'`` this is written without ever
inverting ``L``, so nothing is singular as a standard deviation goes to zero:

    v = inverse(K') (inverse(K) L' r + z),    effects u = L v,    log|dv/dz| = -sum log K_ii,

where ``r`` is the linear term. ``W = 0`` is the non-centred parametrisation, and as W grows the
centred one is approached (partially non-centred: Papaspiliopoulos, Roberts & Sköld 2007,
Statist. Sci. 22(1); a map of this kind in front of MCMC: Parno & Marzouk 2018, SIAM/ASA J.
Uncertain. Quantif. 6(2)).
"""

from __future__ import annotations

import math

from bayesglmm.engine.compiled import compiled
from bayesglmm.families.links import Array

NONCENTRED, SOLVED, LINEAR_TERM, DEVIATION, FACTOR = range(5)
"""Columns of the work array, a row for each parameter: v, ``t = inverse(K) L' r``, r, the scaled
parameter less the pilot's, and from here on K."""


@compiled
def block_forward(
    q: int,
    L: Array,
    W: Array,
    number: int,
    z: Array,
    start: int,
    work: Array,
    small: Array,
) -> float:
    """Map one group's coordinates.

    Parameters
    ----------
    q : int
        Effects of the group.
    L : array of shape (at least q, at least q)
        Cholesky factor of the effects' covariance, lower triangular.
    W : array
        Information of all groups; this one's q x q numbers begin at `number`.
    number : int
    z : array of shape (dim,)
        Coordinates of all groups; this one's begin at `start`.
    start : int
    work : array of shape (dim, at least 4 + q)
        Rows from `start`: r is read; v, t and the lower triangle of K are written.
    small : array of shape (3, at least q, at least q), overwritten

    Returns
    -------
    float
        ``log|dv/dz|``.
    """
    for i in range(q):  # small = W L
        for j in range(q):
            total = 0.0
            for k in range(j, q):
                total += W[number + i * q + k] * L[k, j]
            small[0, i, j] = total
    log_determinant = 0.0
    for j in range(q):  # K = chol(I + L' small), column by column
        for i in range(j, q):
            total = 1.0 if i == j else 0.0
            for k in range(i, q):
                total += L[k, i] * small[0, k, j]
            for k in range(j):
                total -= work[start + i, FACTOR + k] * work[start + j, FACTOR + k]
            work[start + i, FACTOR + j] = (
                math.sqrt(total) if i == j else total / work[start + j, FACTOR + j]
            )
        log_determinant += math.log(work[start + j, FACTOR + j])
    for i in range(q):
        total = 0.0
        for k in range(i, q):
            total += L[k, i] * work[start + k, LINEAR_TERM]
        for k in range(i):
            total -= work[start + i, FACTOR + k] * work[start + k, SOLVED]
        work[start + i, SOLVED] = total / work[start + i, FACTOR + i]
    for i in range(q - 1, -1, -1):
        total = work[start + i, SOLVED] + z[start + i]
        for k in range(i + 1, q):
            total -= work[start + k, FACTOR + i] * work[start + k, NONCENTRED]
        work[start + i, NONCENTRED] = total / work[start + i, FACTOR + i]
    return -log_determinant


@compiled
def block_backward(
    q: int,
    L: Array,
    W: Array,
    number: int,
    start: int,
    work: Array,
    v_slope: Array,
    z_slope: Array,
    L_slope: Array,
    small: Array,
) -> None:
    """Carry a gradient back through `block_forward`, the log determinant included.

    The adjoint of the Cholesky factor is that of Murray (2016), arXiv 1602.07527, eq. 10.

    Parameters
    ----------
    q, L, W, number, start, work
        As `block_forward` had and left them; the slope of r takes the place of r.
    v_slope : array of shape (dim,)
        Derivative of the log density with respect to v.
    z_slope : array of shape (dim,), written from `start`
    L_slope : array of shape (at least q, at least q)
        Added to, lower triangle.
    small : array of shape (3, at least q, at least q), overwritten
    """
    e, K_slope, M_slope = small[0, 0], small[1], small[2]
    for i in range(q):  # z_slope = inverse(K) v_slope
        total = v_slope[start + i]
        for k in range(i):
            total -= work[start + i, FACTOR + k] * z_slope[start + k]
        z_slope[start + i] = total / work[start + i, FACTOR + i]
    for i in range(q - 1, -1, -1):  # e = inverse(K') z_slope, the slope of L' r
        total = z_slope[start + i]
        for k in range(i + 1, q):
            total -= work[start + k, FACTOR + i] * e[k]
        e[i] = total / work[start + i, FACTOR + i]
    for i in range(q):
        total = 0.0
        for j in range(i + 1):
            total += L[i, j] * e[j]
            L_slope[i, j] += work[start + i, LINEAR_TERM] * e[j]
            K_slope[i, j] = (
                -work[start + i, NONCENTRED] * z_slope[start + j] - e[i] * work[start + j, SOLVED]
            )
        work[start + i, LINEAR_TERM] = total
        K_slope[i, i] -= 1.0 / work[start + i, FACTOR + i]
    for i in range(q):  # M_slope = P + P', P the lower triangle of K' K_slope, diagonal halved
        for j in range(i + 1):
            total = 0.0
            for k in range(i, q):
                total += work[start + k, FACTOR + i] * K_slope[k, j]
            M_slope[i, j] = total
            M_slope[j, i] = total
    for j in range(q):  # inverse(K') M_slope
        for i in range(q - 1, -1, -1):
            total = M_slope[i, j]
            for k in range(i + 1, q):
                total -= work[start + k, FACTOR + i] * M_slope[k, j]
            M_slope[i, j] = total / work[start + i, FACTOR + i]
    for i in range(q):  # ... inverse(K)
        for j in range(q - 1, -1, -1):
            total = M_slope[i, j]
            for k in range(j + 1, q):
                total -= M_slope[i, k] * work[start + k, FACTOR + j]
            M_slope[i, j] = total / work[start + j, FACTOR + j]
    for i in range(q):  # K_slope = L M_slope, then L_slope += W K_slope
        for j in range(q):
            total = 0.0
            for k in range(i + 1):
                total += L[i, k] * M_slope[k, j]
            K_slope[i, j] = total
    for i in range(q):
        for j in range(i + 1):
            total = 0.0
            for k in range(q):
                total += W[number + i * q + k] * K_slope[k, j]
            L_slope[i, j] += total
