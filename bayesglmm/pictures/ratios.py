"""Fixed effects, drawn as they are reported."""

from __future__ import annotations

from bayesglmm.design.design import Design
from bayesglmm.errors import SpecError
from bayesglmm.pictures.forest import forest
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.words import estimates_in_words, sides_in_words
from bayesglmm.tables import Table


def ratio_plot(design: Design, results: Table, mass: float) -> Picture:
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
    Picture

    Raises
    ------
    SpecError
        If the model has no fixed effects besides its baselines.
    """
    drawn = {
        f"{one.before}{name}"
        for one in design.locations.values()
        for name in set(one.fixed.names) - set(one.fixed.level_columns)
    }
    frame = results.frame[results.frame[""].isin(drawn)]
    if not len(frame):
        raise SpecError("The model has no fixed effects besides its baselines to draw.")
    measure = design.measure
    labels = [results.called[""].get(name, name) for name in frame[""]]
    made = forest(
        labels,
        frame[measure.short].to_numpy(),
        frame["lower"].to_numpy(),
        frame["upper"].to_numpy(),
        reference=measure.no_effect,
        log=measure.ratio,
        axis=f"{measure.long}, median and {100 * mass:g} % interval",
    )
    printed = results.formatted().loc[frame.index]
    texts = [
        f"{row[measure.short]} ({row['lower']} to {row['upper']})" for _, row in printed.iterrows()
    ]
    shows = [
        estimates_in_words("fixed effects", labels, texts, frame[measure.short].to_numpy()),
        sides_in_words(frame["lower"].to_numpy(), frame["upper"].to_numpy(), measure.no_effect),
    ]
    caption = f"Each fixed effect as {measure.long}, with its interval."
    return Picture(made, caption, " ".join(shows))
