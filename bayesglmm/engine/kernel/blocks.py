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

from numba import njit

from bayesglmm.families.links import Array


@njit  # type: ignore[untyped-decorator]
def block_forward(
    L: Array, W: Array, r: Array, z: Array, K: Array, t: Array, v: Array, work: Array
) -> float:
    """Map one group's coordinates.

    Parameters
    ----------
    L : array of shape (q, q)
        Cholesky factor of the effects' covariance, lower triangular.
    W : array of shape (q, q)
    r, z : array of shape (q,)
    K : array of shape (q, q), written
        Lower triangle only.
    t : array of shape (q,), written
        ``inverse(K) L' r``.
    v : array of shape (q,), written
    work : array of shape (q, q), overwritten

    Returns
    -------
    float
        ``log|dv/dz|``.
    """
    q = len(r)
    for i in range(q):  # work = W L
        for j in range(q):
            total = 0.0
            for k in range(j, q):
                total += W[i, k] * L[k, j]
            work[i, j] = total
    log_determinant = 0.0
    for j in range(q):  # K = chol(I + L' work), column by column
        for i in range(j, q):
            total = 1.0 if i == j else 0.0
            for k in range(i, q):
                total += L[k, i] * work[k, j]
            for k in range(j):
                total -= K[i, k] * K[j, k]
            K[i, j] = math.sqrt(total) if i == j else total / K[j, j]
        log_determinant += math.log(K[j, j])
    for i in range(q):
        total = 0.0
        for k in range(i, q):
            total += L[k, i] * r[k]
        for k in range(i):
            total -= K[i, k] * t[k]
        t[i] = total / K[i, i]
    for i in range(q - 1, -1, -1):
        total = t[i] + z[i]
        for k in range(i + 1, q):
            total -= K[k, i] * v[k]
        v[i] = total / K[i, i]
    return -log_determinant


@njit  # type: ignore[untyped-decorator]
def block_backward(
    L: Array,
    W: Array,
    r: Array,
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
    L, W, r, K, t, v
        As `block_forward` had and left them.
    v_slope : array of shape (q,)
        Derivative of the log density with respect to v.
    z_slope, r_slope : array of shape (q,), written
    L_slope : array of shape (q, q)
        Added to, lower triangle.
    work : array of shape (3, q, q), overwritten
    """
    q = len(r)
    e, K_slope, M_slope = work[0, 0], work[1], work[2]
    for i in range(q):  # z_slope = inverse(K) v_slope
        total = v_slope[i]
        for k in range(i):
            total -= K[i, k] * z_slope[k]
        z_slope[i] = total / K[i, i]
    for i in range(q - 1, -1, -1):  # e = inverse(K') z_slope, the slope of L' r
        total = z_slope[i]
        for k in range(i + 1, q):
            total -= K[k, i] * e[k]
        e[i] = total / K[i, i]
    for i in range(q):
        total = 0.0
        for j in range(i + 1):
            total += L[i, j] * e[j]
            L_slope[i, j] += r[i] * e[j]
            K_slope[i, j] = -v[i] * z_slope[j] - e[i] * t[j]
        r_slope[i] = total
        K_slope[i, i] -= 1.0 / K[i, i]
    for i in range(q):  # M_slope = P + P', P the lower triangle of K' K_slope, diagonal halved
        for j in range(i + 1):
            total = 0.0
            for k in range(i, q):
                total += K[k, i] * K_slope[k, j]
            M_slope[i, j] = total
            M_slope[j, i] = total
    for j in range(q):  # inverse(K') M_slope
        for i in range(q - 1, -1, -1):
            total = M_slope[i, j]
            for k in range(i + 1, q):
                total -= K[k, i] * M_slope[k, j]
            M_slope[i, j] = total / K[i, i]
    for i in range(q):  # ... inverse(K)
        for j in range(q - 1, -1, -1):
            total = M_slope[i, j]
            for k in range(j + 1, q):
                total -= M_slope[i, k] * K[k, j]
            M_slope[i, j] = total / K[j, j]
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
                total += W[i, k] * K_slope[k, j]
            L_slope[i, j] += total
