"""The population that the model speaks of: poststratified estimates, against the truth if known."""

from __future__ import annotations

from bayesglmm.design.names import Names, printed_names
from bayesglmm.errors import DataError
from bayesglmm.pictures.strata import strata_plot
from bayesglmm.posterior.population.evaluate import OWN, score
from bayesglmm.posterior.population.strata import Population, raw_means
from bayesglmm.report.blocks import Block, Figure, bullets, folded, paragraph, table
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table

POSTSTRATIFIED = "poststratified"

LONG = 20
"""Levels beyond which the table of estimates is folded."""


def population(material: Material) -> Section | None:
    """Estimates for the levels of a population whose make-up is known."""
    known, found = material.population, material.poststratified
    if known is None or found is None:
        return None
    if isinstance(found, DataError):
        words = f"This model cannot be averaged over the population. {found}"
        return Section("population", "Population", (paragraph(words),))
    drawn = strata_plot(found, known)
    called = printed_names(material.design)
    parts: list[Block] = [paragraph(_lead(found, known, called))]
    source = known.frame.attrs.get("source")
    if source:
        parts.append(paragraph(str(source)))
    if known.truth:
        own = raw_means(material.design, known.by, material.mass)
        scores = score(material.design, {POSTSTRATIFIED: found}, own, known)
        parts += [paragraph(_verdict(scores)), table(scores)]
    parts += [
        Figure(drawn),
        folded(f"All levels of {called[known.by]}", table(found))
        if len(found.frame) > LONG
        else table(found),
        *bullets(known.frame.attrs.get("caveats", ())),
    ]
    return Section("population", "Population", tuple(parts))


def _lead(found: Table, known: Population, called: Names) -> str:
    rows = found.frame["rows"]
    without = found.frame.loc[rows == 0, known.by]
    words = (
        f"The model's predictions are averaged over {len(known.frame):,} cells of the population, "
        f"each weighted by {called[known.weights]}, for each of {len(found.frame)} levels of "
        f"{called[known.by]}."
    )
    if len(without):
        words += (
            f" {len(without)} of them have no rows in the data "
            f"({', '.join(map(str, without))}): only the model can speak of these, by what it "
            "learned of the others."
        )
    return words


def _verdict(scores: Table) -> str:
    """The scores in a sentence, as the table prints them."""
    printed = scores.formatted().set_index("")
    own, post = printed.loc[OWN], printed.loc[POSTSTRATIFIED]
    return (
        f"Over the {post['levels']} levels with rows the mean absolute error is {post['MAE']} "
        f"poststratified and {own['MAE']} by the level's own rows alone; the intervals hold the "
        f"truth for {post['inside']} and {own['inside']} of them, with mean widths "
        f"{post['mean width']} and {own['mean width']}."
    )
