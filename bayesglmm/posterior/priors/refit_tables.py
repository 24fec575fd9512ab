"""Answers of refits under other priors, side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.posterior.estimands.comparisons import avg_comparisons
from bayesglmm.posterior.estimands.ways import ComparisonScale
from bayesglmm.posterior.notes import hanging_notes, interval_note
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.verdicts import MEANING, VERDICTS, Answers, answers, judge, worst
from bayesglmm.posterior.profiles import size_words
from bayesglmm.posterior.quantities import ERRORS, ESTIMATES
from bayesglmm.tables import Table
from bayesglmm.tables.digits import format_interval


@beyond_double
def verdict_table(
    design: Design, own: Answers, others: Mapping[str, Answers], mass: float
) -> Table:
    """Each estimand under every change of the priors, and the worst verdict.

    Parameters
    ----------
    design : Design
    own : Answers
    others : mapping
        Change of priors to answers.
    mass : float

    Returns
    -------
    Table
    """
    frame = pd.DataFrame({"": own.names})
    frame["as fitted"] = answer_cells(design, own)
    judged = {name: judge(own, found) for name, found in others.items()}
    for name, found in others.items():
        frame[name] = answer_cells(design, found)
    pairs = worst(judged)
    frame.insert(1, "verdict", [verdict for verdict, _ in pairs])
    frame.insert(
        2, "when priors are", [name if verdict != VERDICTS[0] else "" for verdict, name in pairs]
    )
    return Table(
        frame,
        "Answers under other priors",
        scale=answers_scale(design),
        estimand=design.predictor.condition,
        notes=(interval_note(mass), MEANING, *hanging_notes(design, "left out")),
        called={"": own.called},
    )


@beyond_double
def spread_table(fitted: Mapping[str, Posterior], mass: float) -> Table:
    """Estimands under half-normal priors of the standard deviations of groups' intercepts.

    Parameters
    ----------
    fitted : mapping
        Prior to the posterior under it, one or more.
    mass : float

    Returns
    -------
    Table
        Conditional effects, and beside them the marginal ones: averaged over new groups and the
        observed rows.
    """
    columns, called = {}, dict[str, str]()
    design = next(iter(fitted.values())).design
    for name, posterior in fitted.items():
        found, marginal = answers(posterior, mass), _marginal(posterior, mass)
        cells = dict(zip(found.names, answer_cells(design, found), strict=True))
        columns[name] = cells | {row: cell for row, (_, cell) in marginal.items()}
        called |= {**found.called, **{row: shown for row, (shown, _) in marginal.items()}}
    rows = list(next(iter(columns.values())))
    frame = pd.DataFrame(
        {"": rows} | {name: list(cells.values()) for name, cells in columns.items()}
    )
    weighted = f" (weighted by {size_words(design)})" if size_words(design) else ""
    notes = (
        interval_note(mass),
        "The other priors as they are. Marginal: two populations of new groups, averaged over the "
        f"observed rows{weighted}, one under each value.",
        *hanging_notes(design, "left out"),
    )
    names = printed_names(design)
    factors = ", ".join(names[factor] for factor in design.predictor.factors)
    return Table(
        frame,
        f"Answers by the prior of the standard deviation of {factors}",
        scale=answers_scale(design),
        estimand=f"{design.predictor.condition}; marginal where the row says so",
        notes=notes,
        called={"": called},
    )


def answers_scale(design: Design) -> str:
    """Of answers as `answer_cells` shows them."""
    measure = design.measure
    coefficients = f"{measure.long} for coefficients" if measure.ratio else "link scale throughout"
    levels = design.predictor.fixed.level_columns
    called = printed_names(design)
    level = ", ".join(called[name] for name in levels) if levels else "the intercept"
    rest = f"; link scale for {level} and standard deviations" if measure.ratio else ""
    others = design.spec.family.others
    own = ", ".join(item.name for item in others if item.name not in design.modelled)
    if measure.ratio:
        coefficients += "".join(
            f", ratio of {name} for those of {name}" for name in design.modelled
        )
    return f"{coefficients}{rest}{f'; natural for {own}' if own else ''}"


def answer_cells(design: Design, found: Answers) -> list[str]:
    """Median and interval of each quantity as text; coefficients as ratios where they are so."""
    ratio = design.measure.ratio
    cells = []
    for is_effect, row in zip(found.effects, found.frame.to_dict("records"), strict=True):
        exponentiated = ratio and bool(is_effect)
        values, errors = (np.array([row[name] for name in of]) for of in (ESTIMATES, ERRORS))
        if exponentiated:
            values = np.exp(values)
            errors = errors * values  # delta method
        kind = "positive" if exponentiated else "estimate"
        estimate, low, high = format_interval(tuple(values), tuple(errors), kind)
        cells.append(f"{estimate} ({low} to {high})")
    return cells


def _marginal(posterior: Posterior, mass: float) -> dict[str, tuple[str, str]]:
    """Marginal ratios of the columns of the data: the row to what it is called, and its cell.

    None that the data cannot tell.
    """
    design = posterior.design
    measure = design.measure
    binary = design.spec.family.support.successes
    variables = [name for name in design.spec.moved_variables if name in design.data]
    if not variables or not design.predictor.groups or not measure.ratio:
        return {}
    scale: ComparisonScale = "or" if binary else "ratio"
    table = avg_comparisons(posterior, variables, scale=scale, re="integrate", mass=mass)
    what = "marginal" if table.scale == measure.long else f"marginal {table.scale}"
    rows = zip(table.frame["comparison"], table.printed().to_dict("records"), strict=True)
    return {
        f"{what}, {name}": (
            f"{what}, {row['comparison']}",
            f"{row['median']} ({row['lower']} to {row['upper']})",
        )
        for known, (name, row) in zip(table.frame["median"].notna(), rows, strict=True)
        if known
    }
