"""A calibration in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bayesglmm.calibration.replication import KEPT, Replication
from bayesglmm.calibration.scores import column
from bayesglmm.tables.english import joined
from bayesglmm.tables.numbers import format_number

CHANCE = 0.01
"""Of calling a right model off: the bound of the corrected p."""


def sentence(scores: pd.DataFrame, names: Mapping[str, str], count: int) -> str:
    """The verdict.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `calibration.scores`.
    names : mapping
    count : int
        Of replications that have a fit.

    Returns
    -------
    str
    """
    off = scores[scores["holm"] < CHANCE]
    if off.empty:
        return (
            f"No miscalibration seen: the ranks of all {len(scores)} quantities in {count} "
            f"replications are as uniform as chance has them (smallest p "
            f"{format_number(scores['holm'].min())}, corrected for {len(scores)} quantities)."
        )
    called = joined([names[label] for label in off["quantity"]])
    return (
        f"NOT calibrated: the ranks of {called} are not uniform in {count} replications "
        f"(p {format_number(off['holm'].max())} at most, corrected for {len(scores)} quantities)."
    )


def directions(
    scores: pd.DataFrame, names: Mapping[str, str], fitted: Sequence[Replication]
) -> list[str]:
    """How the posteriors of what is off are wrong, a sentence each.

    Ranks of n replications have mean 1/2 and variance 1/12 over their largest; what of the two is
    further off, in standard errors, is said.
    """
    share = (column(fitted, "rank") + 0.5) / (KEPT + 1)
    root = np.sqrt(len(fitted))
    middle = (share.mean(axis=0) - 0.5) * root * np.sqrt(12)
    width = (np.square(share - 0.5).mean(axis=0) - 1 / 12) * root * np.sqrt(180)
    found = []
    for place, label in enumerate(scores["quantity"]):
        if scores["holm"].iloc[place] >= CHANCE:
            continue
        if abs(middle[place]) >= abs(width[place]):
            way = "low: truths lie above" if middle[place] > 0 else "high: truths lie below"
            found.append(f"{names[label]}: posteriors are too {way} most draws too often.")
        else:
            way = "narrow" if width[place] > 0 else "wide"
            often = "often" if width[place] > 0 else "seldom"
            found.append(
                f"{names[label]}: posteriors are too {way}: truths lie among the outermost draws "
                f"too {often}."
            )
    return found


def fits_told(replications: Sequence[Replication]) -> list[str]:
    """What became of the fits, a sentence each; nothing of fits that all went well."""
    failed = [one for one in replications if one.failure]
    fitted = [one for one in replications if not one.failure]
    doubtful = sum(not one.passed for one in fitted)
    found = []
    if doubtful:
        found.append(
            f"{doubtful:,} of {len(fitted):,} fits did not pass all of their checks (largest R-hat "
            f"{max(one.r_hat for one in fitted):.3f}, "
            f"{sum(one.divergences > 0 for one in fitted):,} with divergences). All are counted."
        )
    if failed:
        found.append(
            f"{len(failed):,} of {len(replications):,} data sets have no fit and are left out; the "
            f"first: {failed[0].failure.rstrip('.')}."
        )
    return found
