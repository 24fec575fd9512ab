"""The table of the groups' means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.engine.draws import Run
from bayesglmm.posterior.groups.standardise import terms_of
from bayesglmm.posterior.groups.words import mean_kind, mean_words, size_name, weight_words
from bayesglmm.posterior.notes import interval_note, left_out, success_notes
from bayesglmm.posterior.quantities import DIAGNOSTICS, ERRORS
from bayesglmm.tables import Table

RANKS = ("rank", "rank from", "rank to")
"""Columns of the rank and its interval."""

type Over = Literal["all", "own"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the groups of a factor; see `group_rates`.

    Attributes
    ----------
    factor, over : str
    is_at : bool
        Whether rows were given to standardise over.
    threshold : float or None
    mass : float
    """

    factor: str
    over: Over
    is_at: bool
    threshold: float | None
    mass: float


def rates_table(
    design: Design,
    frames: Sequence[pd.DataFrame],
    overall: Sequence[float],
    asked: Wanted,
    notes: tuple[str, ...],
    run: Run,
) -> Table:
    """The means of the groups as they are printed.

    Parameters
    ----------
    design : Design
    frames : sequence of pandas.DataFrame
        A row for each group; one frame, or one for each category of the response.
    overall : sequence of float
        The crude mean of all rows, of each.
    asked : Wanted
    notes : tuple of str
    run : Run

    Returns
    -------
    Table
    """
    name, long = mean_words(design)
    above = _above(overall, asked)
    frame = _by_level(frames)
    columns = {"median": name, "mcse_median": f"mcse_{name}", "P(above)": above}
    columns |= {"mcse_P(above)": f"mcse_{above}"}
    category = [design.spec.formula.response_name] if len(frames) > 1 else []
    first = dict.fromkeys(["level", *category, "rows", size_name(design)])
    kept = [*first, "raw", "median", "lower", "upper", *([] if category else ["shrinkage"])]
    kept += ["P(above)", *RANKS, *DIAGNOSTICS, *ERRORS, "mcse_P(above)"]
    kinds = {"level": "key", "raw": "estimate", above: "probability"}
    kinds |= {} if category else {"shrinkage": "number"}
    shape = mean_kind(design, name, float(frame["median"].max()))
    kinds |= dict.fromkeys((name, "lower", "upper"), shape)
    called = printed_names(design)
    return Table(
        frame=frame[kept].rename(columns=columns),
        caption=f"{long[0].upper()}{long[1:]} by {called[asked.factor]}",
        scale=f"response ({long})",
        estimand=_estimand(design, asked) + left_out(run),
        notes=(*_meanings(design, above, frames, overall, asked), *notes),
        kinds=kinds | dict.fromkeys(("rows", size_name(design), *RANKS), "count") | DIAGNOSTICS,
        headings={column: called[column] for column in category},
    )


def _by_level(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """A row for each group and category, the categories of a group together."""
    size, whole = len(frames[0]), pd.concat(frames, ignore_index=True)
    order = np.arange(len(whole)).reshape(len(frames), size).T.ravel()
    return whole.iloc[order].reset_index(drop=True)


def _above(overall: Sequence[float], asked: Wanted) -> str:
    """The column of the exceedance probability."""
    if asked.threshold is None and len(overall) > 1:
        return "P(>crude)"
    limit = overall[0] if asked.threshold is None else float(asked.threshold)
    return f"P(>{limit:.4g})"


def _meanings(
    design: Design,
    above: str,
    frames: Sequence[pd.DataFrame],
    overall: Sequence[float],
    asked: Wanted,
) -> tuple[str, ...]:
    """What the columns are."""
    whose = "crude mean of all rows" if asked.threshold is None else "threshold given"
    limit = f"{above[3:-1]}, the {whose}"
    shrunken = [
        "Shrinkage: share of the population's variance that the group's rows leave open "
        "(0 none, 1 all)."
    ]
    rank = "Rank 1 is the highest"
    if len(frames) > 1:
        pairs = zip(design.spec.family.support.levels, overall, strict=True)
        shares = ", ".join(f"{name} {share:.3g}" for name, share in pairs)
        limit = limit if asked.threshold is not None else f"the category's crude share: {shares}"
        shrunken, rank = [], "Rank 1 is the highest probability of the category"
    return (
        interval_note(asked.mass),
        f"Raw: crude, from the group's own rows alone, not standardised. {above}: posterior "
        f"probability of lying above {limit}.",
        f"{rank}; posterior median and {100 * asked.mass:g} % interval.",
        *shrunken,
        *success_notes(design),
    )


def _estimand(design: Design, asked: Wanted) -> str:
    weights = weight_words(design)
    weighted = f", weighted by {weights}" if weights else ""
    called = printed_names(design)
    group = f"each group of {called[asked.factor]}"
    if asked.over == "own":
        return f"{group}, averaged over its own rows{weighted}"
    rows = "the rows given" if asked.is_at else f"all {design.n:,} rows"
    own = {term.factor for term in terms_of(design.predictor.groups, asked.factor)}
    others = [called[name] for name in design.predictor.factors if name not in own]
    text = f"{group}, standardised over {rows}{weighted}, as if all belonged to it"
    if others:
        text += f"; effects of {', '.join(others)} as in those rows"
    return text
