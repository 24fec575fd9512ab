"""What a calibration found: a verdict, a table, a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bayesglmm.calibration.replication import KEPT, Replication
from bayesglmm.calibration.scores import MASSES, POINTS, below_points, coverage_name, scores
from bayesglmm.calibration.words import CHANCE, directions, fits_told, sentence
from bayesglmm.engine.settings import Settings
from bayesglmm.posterior.uniform import uniform_band
from bayesglmm.tables import Table

if TYPE_CHECKING:
    from bayesglmm.pictures.picture import Picture


@dataclass(frozen=True, eq=False, repr=False)
class Calibration:
    """Ranks of what drew the data among the draws of the fits.

    Attributes
    ----------
    formula : str
    names : mapping
        Label of each watched quantity to what readers see it called.
    replications : tuple of Replication
    settings : Settings
        Of the fits; its seed is that of the calibration.
    """

    formula: str
    names: Mapping[str, str]
    replications: tuple[Replication, ...]
    settings: Settings

    @property
    def fitted(self) -> tuple[Replication, ...]:
        """The replications that have a fit."""
        return tuple(one for one in self.replications if not one.failure)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Full numbers of every quantity; see `bayesglmm.calibration.scores`."""
        return scores(self.names, self.fitted)

    @property
    def passed(self) -> bool:
        """Whether no quantity is off: the rule calls a right model off in one run of a hundred."""
        return bool((self.scores["holm"] >= CHANCE).all())

    def sentence(self) -> str:
        """The verdict in one sentence."""
        return sentence(self.scores, self.names, len(self.fitted))

    def table(self) -> Table:
        """A line for each quantity.

        Returns
        -------
        Table
            ``p``, the chance that ranks of a right posterior are as far from uniform, and the same
            corrected for the number of quantities; the mean rank; the share of truths in central
            intervals; mean and root mean square of z; the contraction. `scores` has full numbers.
        """
        count = len(self.fitted)
        frame = self.scores.rename(columns={"quantity": "", "holm": "p corrected"})
        return Table(
            frame,
            self.sentence(),
            scale="link scale, standard deviations as they are",
            estimand=f"what drew {count:,} data sets of these rows, by the priors of the model; "
            "posteriors of fits of them",
            notes=(
                *directions(self.scores, self.names, self.fitted),
                *fits_told(self.replications),
                f"p: that ranks among {KEPT} draws of a right posterior stray as far from uniform "
                "at some point; corrected (Holm) for the number of quantities, it is below "
                f"{CHANCE:g} in one calibration of a hundred where all is right.",
                f"Mean rank: 0.5 give or take {np.sqrt(1 / 12 / count):.3f}.",
                f"Shares of truths in central credible intervals: {_binomial(count)}.",
                f"z: (posterior mean − truth) / posterior sd; its mean is 0 give or take "
                f"{1 / np.sqrt(count):.3f}, its root mean square 1, in expectation.",
                "Contraction: 1 − (posterior width / prior width)² of the central half, median; "
                "near 0 the data say nothing, near 1 nearly all.",
            ),
            kinds=dict.fromkeys(frame.columns[1:], "decimal"),
            called={"": dict(self.names)},
        )

    def picture(self, mass: float = 0.95) -> Picture:
        """How far the ranks of each quantity are from uniform, with a band.

        Parameters
        ----------
        mass : float
            Probability that uniform ranks stay inside at all points.

        Returns
        -------
        Picture
            The empirical distribution of the ranks less the uniform one, a panel a quantity.
        """
        from bayesglmm.pictures.uniformity import uniform_distances

        count = len(self.fitted)
        below = below_points(self.fitted) / count
        shares = dict(zip(self.names.values(), below.T, strict=True))
        return uniform_distances(
            shares,
            uniform_band(count, POINTS, mass),
            "rank of the truth among the draws, as a share",
            f"Calibration in {count:,} replications: share of truths whose rank is below each "
            "point, less the share of uniform ranks, for each quantity. A curve above 0 says that "
            "posteriors are too high, below 0 too low; one that rises first and falls later that "
            "they are too narrow, the reverse too wide.",
        )

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return f"{self.table()._repr_html_()}{self.picture()._repr_html_()}"


def _binomial(count: int) -> str:
    """What chance does to shares."""
    errors = [
        f"{coverage_name(mass).removeprefix('in ')} give or take "
        f"{100 * np.sqrt(mass * (1 - mass) / count):.1f} points"
        for mass in MASSES
    ]
    return ", ".join(errors)
