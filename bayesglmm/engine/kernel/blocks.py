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

from bayesglmm.engine.kernel.compiled import compiled
from bayesglmm.families.links import Array


@compiled
def block_forward(
    q: int,
    L: Array,
    W: Array,
    number: int,
    r: Array,
    z: Array,
    start: int,
    K: Array,
    t: Array,
    v: Array,
    work: Array,
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
    r, z : array of shape (dim,)
        Linear terms and coordinates of all groups; this one's begin at `start`.
    start : int
    K : array of shape (dim, at least q), written
        Rows from `start`, lower triangle only.
    t : array of shape (dim,), written from `start`
        ``inverse(K) L' r``.
    v : array of shape (dim,), written from `start`
    work : array of shape (3, at least q, at least q), overwritten

    Returns
    -------
    float
        ``log|dv/dz|``.
    """
    for i in range(q):  # work = W L
        for j in range(q):
            total = 0.0
            for k in range(j, q):
                total += W[number + i * q + k] * L[k, j]
            work[0, i, j] = total
    log_determinant = 0.0
    for j in range(q):  # K = chol(I + L' work), column by column
        for i in range(j, q):
            total = 1.0 if i == j else 0.0
            for k in range(i, q):
                total += L[k, i] * work[0, k, j]
            for k in range(j):
                total -= K[start + i, k] * K[start + j, k]
            K[start + i, j] = math.sqrt(total) if i == j else total / K[start + j, j]
        log_determinant += math.log(K[start + j, j])
    for i in range(q):
        total = 0.0
        for k in range(i, q):
            total += L[k, i] * r[start + k]
        for k in range(i):
            total -= K[start + i, k] * t[start + k]
        t[start + i] = total / K[start + i, i]
    for i in range(q - 1, -1, -1):
        total = t[start + i] + z[start + i]
        for k in range(i + 1, q):
            total -= K[start + k, i] * v[start + k]
        v[start + i] = total / K[start + i, i]
    return -log_determinant


@compiled
def block_backward(
    q: int,
    L: Array,
    W: Array,
    number: int,
    r: Array,
    start: int,
    K: Array,
    t: Array,
    v: Array,
    v_slope: Array,
    z_slope: Array,
    r_slope: Array,
    L_slope: Array,
    work: Array,
) -> None:
    """Carry a gradient back through `block_forward`, the log determinant included.

    The adjoint of the Cholesky factor is that of Murray (2016), arXiv 1602.07527, eq. 10.

    Parameters
    ----------
    q, L, W, number, r, start, K, t, v
        As `block_forward` had and left them.
    v_slope : array of shape (dim,)
        Derivative of the log density with respect to v.
    z_slope, r_slope : array of shape (dim,), written from `start`
    L_slope : array of shape (at least q, at least q)
        Added to, lower triangle.
    work : array of shape (3, at least q, at least q), overwritten
    """
    e, K_slope, M_slope = work[0, 0], work[1], work[2]
    for i in range(q):  # z_slope = inverse(K) v_slope
        total = v_slope[start + i]
        for k in range(i):
            total -= K[start + i, k] * z_slope[start + k]
        z_slope[start + i] = total / K[start + i, i]
    for i in range(q - 1, -1, -1):  # e = inverse(K') z_slope, the slope of L' r
        total = z_slope[start + i]
        for k in range(i + 1, q):
            total -= K[start + k, i] * e[k]
        e[i] = total / K[start + i, i]
    for i in range(q):
        total = 0.0
        for j in range(i + 1):
            total += L[i, j] * e[j]
            L_slope[i, j] += r[start + i] * e[j]
            K_slope[i, j] = -v[start + i] * z_slope[start + j] - e[i] * t[start + j]
        r_slope[start + i] = total
        K_slope[i, i] -= 1.0 / K[start + i, i]
    for i in range(q):  # M_slope = P + P', P the lower triangle of K' K_slope, diagonal halved
        for j in range(i + 1):
            total = 0.0
            for k in range(i, q):
                total += K[start + k, i] * K_slope[k, j]
            M_slope[i, j] = total
            M_slope[j, i] = total
    for j in range(q):  # inverse(K') M_slope
        for i in range(q - 1, -1, -1):
            total = M_slope[i, j]
            for k in range(i + 1, q):
                total -= K[start + k, i] * M_slope[k, j]
            M_slope[i, j] = total / K[start + i, i]
    for i in range(q):  # ... inverse(K)
        for j in range(q - 1, -1, -1):
            total = M_slope[i, j]
            for k in range(j + 1, q):
                total -= M_slope[i, k] * K[start + k, j]
            M_slope[i, j] = total / K[start + j, j]
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
