"""Pictures of a fit by name, as the report draws them."""

from __future__ import annotations

from collections.abc import Callable

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import SpecError, unknown
from bayesglmm.families import find_measure
from bayesglmm.posterior.groups.rates import group_rates
from bayesglmm.posterior.ratios import ratios
from bayesglmm.report.figures.forest import forest
from bayesglmm.report.figures.picture import Picture
from bayesglmm.report.figures.ranks import rank_plot
from bayesglmm.report.figures.shrinkage import shrinkage_plot
from bayesglmm.tables import Table


def ratio_picture(design: Design, results: Table, mass: float) -> Picture | None:
    """Draw fixed effects with their intervals.

    Parameters
    ----------
    design : Design
    results : Table
        From `posterior.ratios`.
    mass : float
        Of the intervals in it.

    Returns
    -------
    Picture or None
        None where the model has no fixed effects but the baseline.
    """
    frame = results.frame[results.frame[""].isin(set(design.predictor.fixed.names))]
    if not len(frame):
        return None
    measure = find_measure(design.spec.family, design.spec.link)
    svg = forest(
        list(frame[""]),
        frame[measure.short].to_numpy(),
        frame["lower"].to_numpy(),
        frame["upper"].to_numpy(),
        reference=measure.no_effect,
        log=measure.ratio,
        axis=f"{measure.long}, median and {100 * mass:g} % interval",
    )
    return Picture(svg, f"Each fixed effect as {measure.long}, with its interval.")


OF_GROUPS: dict[str, Callable[[Table, str], Picture]] = {
    "shrinkage": shrinkage_plot,
    "ranks": rank_plot,
}
"""Pictures of the rates of a factor's groups."""

OF_MODEL = "ratios"
"""The picture that needs no factor."""


def draw_picture(
    design: Design, draws: Draws, name: str, factor: str | None = None, mass: float = 0.95
) -> Picture:
    """Draw a picture of a fit.

    Parameters
    ----------
    design : Design
    draws : Draws
    name : str
        ``"ratios"``: fixed effects with intervals. ``"shrinkage"``: crude against shrunken means
        of a factor's groups. ``"ranks"``: their ranks with intervals.
    factor : str, optional
        Grouping factor, for pictures of groups.
    mass : float

    Returns
    -------
    Picture

    Raises
    ------
    SpecError
        If there is no such picture or factor, or nothing to draw.
    """
    if name == OF_MODEL:
        picture = ratio_picture(design, ratios(design, draws, mass), mass)
        if picture is None:
            raise SpecError("The model has no fixed effects besides the intercept to draw.")
        return picture
    if name not in OF_GROUPS:
        raise SpecError(unknown("picture", name, [OF_MODEL, *OF_GROUPS]))
    if factor is None:
        raise SpecError(
            f"A picture of {name} is of the groups of a factor: picture({name!r}, ...)."
        )
    rates = group_rates(design, draws, factor, mass=mass)
    if name == "shrinkage" and not rates.frame["raw"].notna().any():
        raise SpecError(f"Every level of {factor} has a suppressed count; none has a crude mean.")
    return OF_GROUPS[name](rates, factor)
