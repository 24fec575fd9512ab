"""LOO-PIT: where each response stands in the prediction of a fit without it.

Gelfand, Dey & Chang (1992); Gabry, Simpson, Vehtari, Betancourt & Gelman (2019), JRSS A 182(2),
section 5. Of a right model the values are nearly uniform; those of discrete responses are
randomised (Czado, Gneiting & Held 2009, Biometrics 65(4)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.families.links import Array
from bayesglmm.posterior.checks.replicated import Replicates
from bayesglmm.posterior.comparison.loo import leave_one_out
from bayesglmm.tables import Table

MOST_ROWS = 2000
"""Rows looked at; more are sampled from."""

POINTS = 50
"""Points at which the share of values below is compared with that of uniform ones."""

UNIFORM_SETS = 4000
"""Sets of uniform values behind the simultaneous band."""

TOLERATED = 0.05
"""Share of rows without a reliable prediction beyond which the judgement is doubted in words."""


@dataclass(frozen=True, slots=True, eq=False)
class LooPit:
    """LOO-PIT values and how far uniform ones would stray.

    Attributes
    ----------
    values : array of shape (m,)
        In the order of the rows looked at.
    k : array of shape (m,)
        Pareto k of each row.
    good_k : float
        Pareto k above which the prediction without the row is not reliable.
    n : int
        Rows of the data, of which m were looked at.
    points : array of shape (`POINTS` - 1,)
    lower, upper : array of shape (`POINTS` - 1,)
        Band for the share of values below each point: 95 % of sets of m independent uniform values
        lie inside it at all points at once.
    tail : float
        Share of such sets that stray at least as far as `values`.
    """

    values: Array
    k: Array
    good_k: float
    n: int
    points: Array
    lower: Array
    upper: Array
    tail: float

    @property
    def below(self) -> Array:
        """Share of the values below each point."""
        return _shares(self.values, self.points)

    @property
    def inside(self) -> bool:
        """Whether the values stay inside the band."""
        below = self.below
        return bool(np.all((below >= self.lower) & (below <= self.upper)))

    @property
    def unreliable(self) -> int:
        """Number of rows whose prediction without the row is not reliable."""
        return int((self.k > self.good_k).sum())

    def sentence(self) -> str:
        """The judgement in words, and how far it can be trusted."""
        verdict = "stay inside" if self.inside else "leave"
        text = f"The LOO-PIT values {verdict} the band of uniform ones."
        if self.unreliable > TOLERATED * len(self.values):
            text += (
                f" For {self.unreliable:,} of {len(self.values):,} rows the prediction without the "
                "row is not reliable, so this says little."
            )
        return text

    def table(self) -> Table:
        """The judgement in one row."""
        bad = f"rows with Pareto k > {self.good_k:.2f}"
        off = self.below - self.points
        worst = int(np.argmax(np.abs(off)))
        frame = pd.DataFrame(
            {
                "rows": [len(self.values)],
                "largest distance": [off[worst]],
                "at": [self.points[worst]],
                "inside the band": ["yes" if self.inside else "no"],
                "P(uniform strays as far)": [self.tail],
                "mcse_P(uniform strays as far)": [
                    np.sqrt(self.tail * (1 - self.tail) / UNIFORM_SETS) or 1 / UNIFORM_SETS
                ],
                bad: [self.unreliable],
            }
        )
        notes = [
            "Band: 95 % of sets of independent uniform values lie inside it everywhere.",
            "A curve that rises above the diagonal first: responses lie lower than predicted; "
            "an S: predictions too wide (steep in the middle) or too narrow (flat in the middle).",
        ]
        if len(self.values) < self.n:
            notes.append(f"{len(self.values):,} of {self.n:,} rows, drawn at random.")
        if self.unreliable:
            notes.append(
                f"Where Pareto k is above {self.good_k:.2f}, the prediction without the row is not "
                "reliable."
            )
        return Table(
            frame,
            "LOO-PIT",
            scale="probability that a prediction without the row lies below its response",
            estimand="a row left out, other rows of its groups in the fit",
            notes=tuple(notes),
            kinds={
                "rows": "count",
                "largest distance": "number",
                "at": "number",
                "P(uniform strays as far)": "probability",
                bad: "count",
            },
        )


def loo_pit(replicates: Replicates) -> LooPit:
    """LOO-PIT values of a fit, weighted by PSIS.

    Parameters
    ----------
    replicates : Replicates
        For the same groups.

    Returns
    -------
    LooPit
    """
    from arviz_stats.base import array_stats

    posterior, design = replicates.posterior, replicates.design
    seed, rng = posterior.draws.settings.seed, posterior.rng()
    chosen = np.arange(design.n)
    if design.n > MOST_ROWS:
        chosen = np.sort(rng.choice(design.n, MOST_ROWS, replace=False))
    weights = np.broadcast_to(design.rows.weights, design.n)[chosen]
    loo, log_weights = leave_one_out(posterior.log_density(chosen) * weights, posterior.chains)
    drawn = np.ascontiguousarray(replicates.drawn[:, chosen].T)
    y = replicates.observed[chosen]
    values = array_stats.loo_pit(drawn, y, log_weights, chain_axis=None, random_state=seed)
    return judge_uniform(np.clip(values, 0.0, 1.0), loo.k, loo.good_k, design.n, rng)


def judge_uniform(
    values: Array, k: Array, good_k: float, n: int, rng: np.random.Generator
) -> LooPit:
    """Compare values with uniform ones, at many points at once.

    Säilynoja, Bürkner & Vehtari (2022), Statistics and Computing 32(32), section 2.2.

    Parameters
    ----------
    values : array of shape (m,)
        Between 0 and 1.
    k : array of shape (m,)
    good_k : float
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    LooPit
    """
    from scipy.stats import binom

    size = len(values)
    points = np.arange(1, POINTS) / POINTS
    counts = rng.multinomial(size, np.full(POINTS, 1 / POINTS), UNIFORM_SETS).cumsum(axis=1)
    grid = np.arange(size + 1)[:, None]
    below, above = binom.cdf(grid, size, points), binom.sf(grid - 1, size, points)
    extreme = 2 * np.minimum(below, above)  # of each count at each point, by itself
    place = np.arange(POINTS - 1)
    uniform = extreme[counts[:, :-1], place].min(axis=1)
    own = np.rint(_shares(values, points) * size).astype(int)
    level = np.quantile(uniform, 0.05)
    return LooPit(
        values=values,
        k=k,
        good_k=good_k,
        n=n,
        points=points,
        lower=np.asarray(binom.ppf(level / 2, size, points)) / size,
        upper=np.asarray(binom.isf(level / 2, size, points)) / size,
        tail=float((uniform <= extreme[own, place].min()).mean()),
    )


def _shares(values: Array, points: Array) -> Array:
    return np.asarray(np.searchsorted(np.sort(values), points, side="right") / len(values))
