"""Sentences from the same numbers as the tables, so that the two cannot disagree."""

from __future__ import annotations

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.priors.predictive import PriorPredictive
from bayesglmm.posterior.units import several
from bayesglmm.tables import Table
from bayesglmm.tables.english import joined


def opening(design: Design, mass: float) -> str:
    """What was fitted to what, and what the intervals are.

    Parameters
    ----------
    design : Design
    mass : float

    Returns
    -------
    str
    """
    spec = design.spec
    groups = [
        f"{len(terms[0].levels):,} {several(design, factor)}"
        for factor, terms in design.factors.items()
    ]
    response = printed_names(design)[spec.formula.response_name]
    rows = f"{design.n:,} rows" + (f" of {joined(groups)}" if groups else "")
    return (
        f"{spec.family.title} model of {response} with {spec.link.name} link, fitted to "
        f"{rows}. {interval_note(mass)}"
    )


def closing(design: Design, spread: Table) -> str:
    """How far the groups differ, in a sentence for each standard deviation.

    Parameters
    ----------
    design : Design
    spread : Table
        From `posterior.random_part`; its printed numbers are quoted as they stand.

    Returns
    -------
    str
    """
    called = printed_names(design)
    names = {
        f"sd({effect})": (group.factor, called[column])
        for group in design.predictor.groups
        for column, effect in zip(group.columns, group.effects, strict=True)
    }
    sentences = []
    for _, row in spread.formatted().iterrows():
        if row[""] not in names:
            continue
        factor, column = names[row[""]]
        what = "intercepts" if column == "1" else f"effects of {column}"
        sentences.append(
            f"Between {several(design, factor)}, {what} have a standard deviation of "
            f"{row['median']} ({row['lower']} to {row['upper']}) on the "
            f"{design.spec.link.scale} scale."
        )
    return " ".join(sentences)


def prior_sentences(simulated: PriorPredictive) -> list[str]:
    """What the priors say before the data are seen, and whether the data surprise them.

    Parameters
    ----------
    simulated : PriorPredictive
        Its table's printed numbers are quoted as they stand.

    Returns
    -------
    list of str
    """
    shown = simulated.table().formatted()
    first = shown.iloc[0]
    sentences = [
        f"Under the priors, 95 % of draws of the {first['']} lie between {first['lower']} and "
        f"{first['upper']} (median {first['median']})."
    ]
    name, (observed, means) = next(iter(simulated.statistics.items()))
    mean = shown[shown[""] == f"{name} of simulated data"].iloc[0]
    share = float(np.mean(means[np.isfinite(means)] <= observed))
    inside = "inside" if 0.025 <= share <= 0.975 else "outside"
    sentences.append(
        f"Data simulated from them have a {name} between {mean['lower']} and {mean['upper']}; that "
        f"of the data in the same {simulated.looked:,} rows, {mean['observed']}, lies {inside} "
        "this range."
    )
    judged = [simulated.judgement] if simulated.judgement else []
    return [" ".join(sentences), *judged]
