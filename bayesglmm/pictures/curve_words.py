"""What a picture of curves shows, in words: their ends, what is held, what lies beneath."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bayesglmm.posterior.curves.beneath import GroupCurves, Points
from bayesglmm.posterior.curves.curves import Curves, in_table, value_of

MOST_LEVELS = 6
"""Levels of a factor along the axis that the description tells, all of them."""

MOST_TOLD = 4
"""Curves whose ends the description tells."""


def curve_words(
    curves: Curves,
    names: Mapping[str, str],
    data: Points | None,
    groups: GroupCurves | None,
    hidden: int,
) -> Iterator[str]:
    """What the picture shows: the ends of each curve, what is held, and what lies beneath."""
    table, layout = curves.table, curves.layout
    yield f"{table.caption} along {names[layout.x]}: {table.scale}."
    yield from _ends(curves, names)
    if layout.held:
        held = ", ".join(f"{names[name]} = {value_of(v)}" for name, v in layout.held.items())
        yield f"Held: {held}."
    yield f"Estimand: {table.estimand}."
    yield from table.notes
    if data is not None:
        yield data.words
        if hidden:
            yield f"{hidden:,} of them lie beyond the axis."
    if groups is not None:
        yield groups.words


def _ends(curves: Curves, names: Mapping[str, str]) -> Iterator[str]:
    """Both ends of each curve, or where there are many the lowest and the highest line of all."""
    frame, shown = curves.table.frame, curves.table.formatted()
    x, name = in_table(frame, curves.layout.x), names[curves.layout.x]

    def line(place: Any) -> str:
        low, middle, high = (shown.loc[place, end] for end in ("lower", "median", "upper"))
        return f"{middle} ({low} to {high}) at {name} = {value_of(frame.loc[place, x])}"

    def whose(place: Any) -> str:
        return next((called for called, index in told if called and place in index), "")

    told = [
        (", ".join(filter(None, (title, one))), own.index)
        for title, panel in curves.panels().items()
        for one, own in curves.series(panel).items()
    ]
    if len(told) > MOST_TOLD:
        lowest, highest = frame["median"].idxmin(), frame["median"].idxmax()
        yield f"{len(told)} curves; the lowest median is {line(lowest)} ({whose(lowest)})."
        yield f"The highest is {line(highest)} ({whose(highest)})."
        return
    for called, index in told:
        start = f"{called}: " if called else ""
        if curves.layout.numeric:
            start = f"{called}: from" if called else "From"
            yield f"{start} {line(index[0])} to {line(index[-1])}."
        elif len(index) <= MOST_LEVELS:
            yield f"{start}{'; '.join(map(line, index))}."
        else:
            order = frame.loc[index, "median"]
            yield f"{start}the lowest {line(order.idxmin())}, the highest {line(order.idxmax())}."
