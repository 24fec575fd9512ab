"""What the groups' own rows say against what the model says of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.errors import SpecError
from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, brief, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.groups.words import mean_words
from bayesglmm.posterior.units import one
from bayesglmm.tables import Table
from bayesglmm.tables.numbers import format_number

MOST = 300
"""Groups drawn, evenly from the sorted ones."""


def shrinkage_plot(design: Design, rates: Table, factor: str) -> Picture:
    """Draw crude means against posterior medians, with areas by size.

    A group without a crude mean (of a suppressed count) is left out, and counted in the caption.

    Parameters
    ----------
    design : Design
    rates : Table
        From `posterior.group_rates`; at least one group has a crude mean.
    factor : str

    Returns
    -------
    Picture

    Raises
    ------
    SpecError
        If the response is one of several categories.
    """
    if design.spec.family.support.categories:
        raise SpecError(
            "Crude and shrunken means are drawn of one mean of each group, but a response of the "
            f"{design.spec.family.name} family has a probability of each category. rank_plot() "
            f"draws these, and group_rates('{factor}') has both for each."
        )
    frame = rates.frame[rates.frame["raw"].notna()]
    left, count = len(rates.frame) - len(frame), len(frame)
    name = frame.columns[list(frame.columns).index("lower") - 1]
    measure = next(column for column in ("exposure", "trials", "rows") if column in frame)
    mean = np.average(frame[name], weights=frame[measure])
    if count > MOST:
        frame = frame.sort_values("raw", kind="stable")
        frame = frame.iloc[np.linspace(0, count - 1, MOST).round().astype(int)]
    some = f" ({MOST} of {count:,}, evenly spaced)" if count > MOST else ""
    size = frame[measure].to_numpy(dtype=float)
    what = mean_words(design)[1]
    raw, median = frame["raw"].to_numpy(), frame[name].to_numpy()
    also = f" {left:,} without a crude {what} are left out." if left else ""
    with figure(7.0, 3.6) as drawn:
        axes = drawn.subplots()
        area = 4 + 90 * size / size.max()
        light = 0.9 if len(frame) <= 30 else 0.35
        axes.vlines(raw, frame["lower"], frame["upper"], color=ACCENT, linewidth=0.8, alpha=light)
        axes.scatter(raw, median, s=area, color=ACCENT, alpha=0.75, linewidth=0)
        ends = np.array([raw.min(), raw.max()])
        axes.plot(ends, ends, color=SECOND, linewidth=1.2)
        axes.axhline(mean, color=INK, linewidth=0.8, linestyle=":")
        axes.set_xlabel(f"crude {brief(what)}, from the group's own rows", parse_math=False)
        axes.set_ylabel("shrunken", parse_math=False)
        return Picture(
            drawn,
            f"Each dot is one {one(design, factor)}{some}: its crude {what} (across) and the "
            f"posterior median with interval (up); the area shows {measure}. On the sloping line "
            "the two agree; small groups are drawn from it towards the dotted line, the mean of "
            f"all.{also}",
            _shows(rates.frame, name),
        )


def _shows(frame: pd.DataFrame, name: str) -> str:
    """The spread of the crude and of the shrunken means, and who moves furthest."""
    known = frame[frame["raw"].notna()]
    ends = [
        f"{format_number(known[of].min())} to {format_number(known[of].max())}"
        for of in ("raw", name)
    ]
    furthest = known.iloc[int(np.argmax(np.abs(known["raw"] - known[name])))]
    return (
        f"Crude means run from {ends[0]}, shrunken ones from {ends[1]}. "
        f"{label_of(furthest['level'])} moves furthest, from {format_number(furthest['raw'])} to "
        f"{format_number(furthest[name])}."
    )
