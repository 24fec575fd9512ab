"""The responses beside data that the fitted model would draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from bayesglmm.design.names import printed_names
from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, brief, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.rootogram import hanging_rootogram
from bayesglmm.posterior.arguments import check_word
from bayesglmm.posterior.checks.overlay import Overlay, overlay
from bayesglmm.posterior.checks.replicated import replicate
from bayesglmm.posterior.checks.rootogram import rootogram
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = 50
"""Replicated data sets drawn, each a line."""

BAND = 0.95
"""Share of replicated data sets inside a band."""


@beyond_double
def plot_ppc(posterior: Posterior, kind: Literal["frequencies", "ecdf"] = "frequencies") -> Picture:
    """Picture of the responses beside data that the fitted model would draw for the same groups.

    Parameters
    ----------
    posterior : Posterior
    kind : str
        ``"frequencies"``: of counts a hanging rootogram, of categories bars, of other numbers lines
        through the shares of bins; or ``"ecdf"``: the share of responses up to each value.

    Returns
    -------
    Picture

    Raises
    ------
    SpecError
        If `kind` is another word.
    """
    check_word("kind", kind, ("frequencies", "ecdf"))
    same = replicate(posterior)
    counted = rootogram(same) if kind == "frequencies" else None
    if counted is not None:
        return hanging_rootogram(counted)
    found = overlay(same, cumulative=kind == "ecdf")
    response = printed_names(posterior.design)[posterior.design.spec.formula.response_name]
    with figure(7.0, 3.0) as drawn:
        axes = drawn.subplots()
        bars = found.labels and not found.cumulative
        words = _bars(axes, found) if bars else _lines(axes, found)
        axes.set_xlabel(brief(response, 90), parse_math=False)
        axes.set_ylabel(f"share of rows{' up to there' if found.cumulative else ''}")
        axes.set_ylim(bottom=0)
    return Picture(drawn, f"{words} {_outside(found)}")


def _bars(axes: Axes, found: Overlay) -> str:
    low, high = _band(found)
    axes.bar(found.places, found.observed, width=0.7, color=ACCENT, alpha=0.6)
    axes.vlines(found.places, low, high, color=SECOND, linewidth=2)
    axes.plot(found.places, np.median(found.replicated, axis=0), "o", color=SECOND, markersize=4)
    axes.set_xticks(found.places, labels=[brief(one, 18) for one in found.labels], parse_math=False)
    return (
        "Bars: the share of rows with each outcome; dots and lines: the median and "
        f"{100 * BAND:g} % of data sets that the model would draw."
    )


def _lines(axes: Axes, found: Overlay) -> str:
    if found.cumulative:
        low, high = _band(found)
        axes.fill_between(
            found.places, low, high, step="post", color=SECOND, alpha=0.35, linewidth=0
        )
        axes.step(found.places, found.observed, where="post", color=ACCENT, linewidth=1.8)
        if found.labels:
            labels = [brief(one, 18) for one in found.labels]
            axes.set_xticks(found.places, labels=labels, parse_math=False)
        return (
            f"Line: the share of rows up to each value; band: {100 * BAND:g} % of data sets that "
            "the model would draw, at each value."
        )
    step = max(1, len(found.replicated) // LINES)
    some = found.replicated[::step][:LINES]
    axes.plot(found.places, some.T, color=SECOND, linewidth=0.5, alpha=0.4)
    axes.plot(found.places, found.observed, color=ACCENT, linewidth=1.8)
    axes.axhline(0, color=INK, linewidth=0.5)
    beyond = f" Up to {100 * found.beyond:.0f} % of a data set drawn lie beyond the bins."
    return (
        f"Thick line: the share of rows in bins of the response; thin lines: {len(some)} data sets "
        f"that the model would draw.{beyond if found.beyond >= 0.005 else ''}"
    )


def _band(found: Overlay) -> tuple[np.ndarray, np.ndarray]:
    tail = (1 - BAND) / 2
    low, high = np.quantile(found.replicated, [tail, 1 - tail], axis=0)
    return low, high


def _outside(found: Overlay) -> str:
    """At how many places the data lie outside what is drawn."""
    low, high = _band(found)
    outside = int(np.sum((found.observed < low) | (found.observed > high)))
    where = "values" if found.labels or found.cumulative else "bins"
    return (
        f"At {outside} of {len(found.places)} {where} the data lie outside what "
        f"{100 * BAND:g} % of the data sets drawn have there."
    )
