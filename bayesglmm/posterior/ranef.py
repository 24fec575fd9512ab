"""Group effects: shrunken, raw, and how much the population pulls each one in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import SpecError, unknown
from bayesglmm.families import find_measure
from bayesglmm.families.links import Array
from bayesglmm.posterior.arithmetic import coefficients, covariance_factor
from bayesglmm.posterior.quantities import summarise
from bayesglmm.posterior.ratios import DIAGNOSTICS, ERRORS, ESTIMATES, interval_note
from bayesglmm.posterior.table import Table

STEPS = 50
"""Newton steps after which a raw effect counts as not estimable."""

FARTHEST = 15.0
"""A raw effect this many large steps of the link away is infinite for all purposes."""


def ranef(design: Design, draws: Draws, factor: str, mass: float = 0.95) -> Table:
    """Effects of every group of a factor, beside what its own rows alone would say.

    Parameters
    ----------
    design : Design
    draws : Draws
    factor : str
        A grouping factor, such as ``"county"`` or ``"region:state"``.
    mass : float

    Returns
    -------
    Table
        For each level and effect, on the link scale: the shrunken effect (posterior median and
        interval); the raw effect (maximum likelihood from the group's rows, the rest of the model
        held at its posterior mean; infinite where all responses are alike); and the shrinkage,
        the share of the raw effect that the population takes back (0 none, 1 all),
        ``diag((I + Sigma W)^-1)`` with W the group's information (Gelman & Hill 2007, eq. 12.1,
        for the Gaussian intercept).

    Raises
    ------
    SpecError
        If there is no such grouping factor.
    """
    found = [group for group in design.predictor.groups if group.factor == factor]
    if not found:
        known = [group.factor for group in design.predictor.groups]
        raise SpecError(unknown("grouping factor", factor, known))
    frame = pd.concat([_effects(design, draws, group, mass) for group in found])
    measure = find_measure(design.spec.family, design.spec.link)
    notes = [
        interval_note(mass),
        "Raw: the group's own rows alone, the rest of the model held fixed. Shrinkage: share of "
        "the raw effect taken back towards the population; 0 keeps all of it, 1 none.",
    ]
    if measure.ratio:
        notes.append(f"exp(shrunken) is the group's {measure.long} against a typical group.")
    return Table(
        frame=frame.rename(
            columns={"median": "shrunken", "mcse_median": "mcse_shrunken"}
        ).reset_index(drop=True),
        caption=f"Group effects of {factor}",
        scale=f"link ({design.spec.link.scale})",
        estimand="each group's deviation from a typical group",
        notes=tuple(notes),
        kinds=dict.fromkeys(("shrunken", "lower", "upper", "raw"), "estimate")
        | {"shrinkage": "number", "rows": "count"}
        | DIAGNOSTICS,
    )


def _effects(design: Design, draws: Draws, group: Group, mass: float) -> pd.DataFrame:
    raw, information = raw_effects(design, draws, group)
    pull = shrinkage(information, covariance_factor(group, draws))
    parts = []
    for place, effect in enumerate(group.effects):
        part = pd.DataFrame(
            {
                group.factor: group.levels,
                "effect": group.columns[place],
                "rows": group.rows_per_level,
                "raw": raw[:, place],
            }
        ).join(summarise(draws.array(effect), mass))
        part["shrinkage"] = pull[:, place]
        parts.append(part)
    frame = pd.concat(parts)
    about = [group.factor, "effect", "rows", "raw"]
    return frame[[*about, *ESTIMATES, "shrinkage", *DIAGNOSTICS, *ERRORS]]


def shrinkage(information: Array, factor: Array) -> Array:
    """Share of each raw effect that the population takes back.

    Parameters
    ----------
    information : array of shape (G, q, q)
        W of each group.
    factor : array of shape (S, q, q)
        Draws of the Cholesky factor of Sigma; their mean covariance is used.

    Returns
    -------
    array of shape (G, q)
        The diagonal of ``(I + Sigma W)^-1``.
    """
    covariance = np.einsum("sij,skj->ik", factor, factor) / len(factor)
    identity = np.eye(covariance.shape[0])
    inverse = np.linalg.inv(identity + covariance @ information)
    return np.asarray(np.diagonal(inverse, axis1=1, axis2=2))


def raw_effects(design: Design, draws: Draws, group: Group) -> tuple[Array, Array]:
    """Maximum likelihood of each group's effects from its own rows, by Fisher scoring.

    Parameters
    ----------
    design : Design
    draws : Draws
        The rest of the linear predictor is held at its posterior mean.
    group : Group

    Returns
    -------
    effects : array of shape (G, q)
        Infinite where the likelihood has no maximum, NaN where it is flat in some direction.
    information : array of shape (G, q, q)
        Fisher information at the shrunken effects (posterior means).
    """
    posterior_mean = np.stack([draws.flat(e).mean(axis=0) for e in group.effects], axis=1)
    rest = _rest(design, draws, group)
    _, information = _score(design, draws, group, rest, posterior_mean)
    effects = posterior_mean.copy()
    flat = np.linalg.matrix_rank(information, tol=1e-10) < len(group.columns)
    moving = ~flat
    for _ in range(STEPS):
        score, current = _score(design, draws, group, rest, effects)
        current[~moving] = np.eye(len(group.columns))
        regular = current + 1e-12 * np.eye(len(group.columns))
        step = np.linalg.solve(regular, score[:, :, None])[:, :, 0]
        step[~moving] = 0.0
        effects += np.clip(step, -1.0, 1.0)
        moving &= (np.abs(step).max(axis=1) > 1e-8) & (np.abs(effects).max(axis=1) < FARTHEST)
        if not moving.any():
            break
    runaway = (moving | (np.abs(effects).max(axis=1) >= FARTHEST)) & design.spec.link.unit
    effects[runaway] = np.sign(effects[runaway]) * np.inf
    effects[flat] = np.nan
    return effects, information


def _rest(design: Design, draws: Draws, group: Group) -> Array:
    """Posterior mean of the linear predictor without one group term, shape (n,)."""
    predictor = design.predictor
    eta = predictor.offset.copy()
    if predictor.fixed.intercept:
        eta += draws.flat("Intercept").mean()
    if predictor.fixed.names:
        eta += predictor.X @ coefficients(design, draws).mean(axis=0)
    for other in predictor.groups:
        if other is not group:
            means = np.stack([draws.flat(e).mean(axis=0) for e in other.effects], axis=1)
            eta += np.sum(other.Z * means[other.index], axis=1)
    return eta


def _score(
    design: Design, draws: Draws, group: Group, rest: Array, effects: Array
) -> tuple[Array, Array]:
    """Score (G, q) and Fisher information (G, q, q) of each group's effects.

    McCullagh & Nelder (1989), Generalized Linear Models, eq. 2.12-2.13.
    """
    spec, rows = design.spec, design.rows
    eta = rest + np.sum(group.Z * effects[group.index], axis=1)
    size = rows.exposure * rows.trials
    mean = size * spec.link.inverse(eta)
    slope = size * spec.link.slope(eta)
    parameters = {p.name: draws.flat(p.name).mean() for p in spec.family.parameters}
    variance = np.maximum(spec.family.variance(mean, rows, parameters), 1e-300)
    count, q = len(group.levels), len(group.columns)
    score = np.zeros((count, q))
    information = np.zeros((count, q, q))
    np.add.at(score, group.index, ((rows.y - mean) * slope / variance)[:, None] * group.Z)
    weight = np.square(slope) / variance
    np.add.at(information, group.index, weight[:, None, None] * _outer(group.Z))
    return score, information


def _outer(Z: Array) -> Array:
    return np.asarray(Z[:, :, None] * Z[:, None, :])
