"""What the answers owe to the priors: power-scaling, and refits under other priors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.errors import EngineError
from bayesglmm.posterior.arguments import check_flag, check_share
from bayesglmm.posterior.estimands.comparisons import Comparison, avg_comparisons
from bayesglmm.posterior.notes import hanging_notes, interval_note
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import Priors
from bayesglmm.posterior.priors.power_scaling import power_scaling
from bayesglmm.posterior.priors.refits import Watch, other_spreads, other_widths, refits
from bayesglmm.posterior.priors.verdicts import MEANING, VERDICTS, Answers, answers, judge, worst
from bayesglmm.posterior.profiles import size_words
from bayesglmm.posterior.quantities import ERRORS, ESTIMATES
from bayesglmm.tables import Table
from bayesglmm.tables.digits import format_interval


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sensitivity:
    """What the answers owe to the priors.

    Attributes
    ----------
    power : Table
        Power-scaling sensitivities.
    verdicts : Table or None
        Stable, moves or flips, for each estimand; None without refits.
    spreads : Table or None
        Estimands under half-normal priors of the standard deviations; None without refits, and
        where the model has none.
    """

    power: Table
    verdicts: Table | None = None
    spreads: Table | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        """Those there are."""
        found = (self.verdicts, self.spreads, self.power)
        return tuple(table for table in found if table is not None)

    def __repr__(self) -> str:
        return "\n\n".join(repr(table) for table in self.tables)

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self.tables)


@beyond_double
def sensitivity(
    posterior: Posterior,
    priors: Priors,
    *,
    refits: bool = False,
    mass: float = 0.95,
    watch: Watch | None = None,
) -> Sensitivity:
    """Judge how far the posterior depends on the priors.

    Parameters
    ----------
    posterior : Posterior
    priors : mapping
        From `choose_priors`.
    refits : bool
        Whether the model is also fitted under other priors: all half and twice as wide, slopes and
        standard deviations by themselves, and half-normal priors of the standard deviations.
    mass : float
        Inside the equal-tailed intervals.
    watch : callable, optional
        Told the name of each refit before it is made, and how many remain.

    Returns
    -------
    Sensitivity

    Raises
    ------
    EngineError
        If refits are asked for and the graph that was sampled had been changed.
    SpecError
        If `mass` is not between 0 and 1.
    """
    check_flag("refits", refits)
    check_share("mass", mass)
    power = power_scaling(posterior, priors)
    if not refits:
        return Sensitivity(power)
    extensions = posterior.draws.run.extensions
    if extensions:
        raise EngineError(
            "Refits start from the spec, but the graph that was sampled had been changed "
            f"({', '.join(extensions)}). Leave refits=True out."
        )
    widths, spreads = other_widths(priors), other_spreads(posterior.design, priors)
    fitted = _refits(posterior, priors, widths | spreads, watch)
    own = answers(posterior, mass)
    others = {name: answers(fitted[name], mass) for name in widths}
    found = {name: fitted[name] for name in spreads}
    return Sensitivity(
        power,
        verdict_table(posterior.design, own, others, mass),
        spread_table(found, mass) if found else None,
    )


def _refits(
    posterior: Posterior,
    priors: Priors,
    others: Mapping[str, Priors],
    watch: Watch | None,
) -> dict[str, Posterior]:
    return dict(refits(posterior, priors, others, watch))


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
    frame["as fitted"] = _cells(design, own)
    judged = {name: judge(own, found) for name, found in others.items()}
    for name, found in others.items():
        frame[name] = _cells(design, found)
    pairs = worst(judged)
    frame.insert(1, "verdict", [verdict for verdict, _ in pairs])
    frame.insert(
        2, "when priors are", [name if verdict != VERDICTS[0] else "" for verdict, name in pairs]
    )
    return Table(
        frame,
        "Answers under other priors",
        scale=_scale(design),
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
        cells = dict(zip(found.names, _cells(design, found), strict=True))
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
        scale=_scale(design),
        estimand=f"{design.predictor.condition}; marginal where the row says so",
        notes=notes,
        called={"": called},
    )


def _scale(design: Design) -> str:
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


def _cells(design: Design, found: Answers) -> list[str]:
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
    scale: Comparison = "or" if binary else "ratio"
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
