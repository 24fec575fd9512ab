"""Sentences from the same numbers as the tables, so that the two cannot disagree."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.priors.predictive import PriorPredictive
from bayesglmm.posterior.ratios import baselines, interaction_name, interaction_places
from bayesglmm.tables import Table


def findings(design: Design, ratios: Table) -> list[str]:
    """What each fixed effect says, one sentence each.

    Parameters
    ----------
    design : Design
    ratios : Table
        From `posterior.ratios`; its printed numbers are quoted as they stand.

    Returns
    -------
    list of str
    """
    measure = design.measure
    levels = set(baselines(design).values())
    names = set(design.predictor.fixed.names)
    certainty = f"P(>{measure.no_effect:g})"
    sentences = []
    for _, row in ratios.formatted().iterrows():
        label = row[""]
        if label in names:
            what = interaction_name(measure) if ":" in label else measure.long
            sentences.append(
                f"{_subject(design, label)}: {what} {row[measure.short]} "
                f"({row['lower']} to {row['upper']}); probability {row[certainty]} that it is "
                f"above {measure.no_effect:g}.{_beside(design, row)}"
            )
        elif label in levels:
            sentences.append(
                f"The {label} is {row[measure.short]} ({row['lower']} to {row['upper']})."
            )
    return sentences


def _beside(design: Design, row: pd.Series) -> str:
    """The marginal ratio and the difference of a row, where it has them."""
    measure = design.measure
    names = [str(name) for name in row.index]
    said = []
    if row.get("marginal lower"):
        interval = f"{row['marginal lower']} to {row['marginal upper']}"
        said.append(f"{measure.long} {row[f'marginal {measure.short}']} ({interval})")
    if row.get("difference lower"):
        name = names[names.index("difference lower") - 1]
        interval = f"{row['difference lower']} to {row['difference upper']}"
        said.append(f"{name} {row[name]} ({interval}){_per(design)}")
    if not said:
        return ""
    over = "Marginal, over new groups" if design.predictor.groups else "Averaged over the rows"
    return f" {over}: {', '.join(said)}."


def _per(design: Design) -> str:
    """The unit of a difference in rates."""
    spec = design.spec
    return "" if spec.exposure is None else f" per {spec.per:,g} {spec.exposure}"


MOST = 5
"""Coefficients that a short answer speaks of; the others are in the table of ratios."""


def spoken(design: Design, ratios: Table) -> list[str]:
    """The findings of a short answer: the first coefficients of the formula, then the baselines.

    Parameters
    ----------
    design : Design
    ratios : Table
        From `posterior.ratios`.

    Returns
    -------
    list of str
    """
    sentences = findings(design, ratios)
    first = sum(label in baselines(design).values() for label in ratios.frame[""])
    return sentences[first : first + MOST] + sentences[:first][:MOST]


def _subject(design: Design, label: str) -> str:
    """A coefficient in words: which level against which, or one unit of what, and where."""
    name, bracket, level = label.partition("[")
    place = dict(interaction_places(design)).get(name)
    where = f", where {place}" if place else ""
    if bracket and name in design.references and ":" not in name:
        return f"{name}, {level.removesuffix(']')} against {design.references[name]}{where}"
    if bracket or ":" in name:
        return label
    return f"{label}, one unit more{where}"


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
        f"{len(terms[0].levels):,} levels of {factor}"
        for factor, terms in design.predictor.factors.items()
    ]
    rows = f"{design.n:,} rows" + (f" and {' and '.join(groups)}" if groups else "")
    typical = groups and design.spec.link.name != "identity"
    meaning = " Effects are for a typical group, unless it is said otherwise." if typical else ""
    return (
        f"{spec.family.title} model of {spec.formula.response_name} with {spec.link.name} link, "
        f"fitted to {rows}. {interval_note(mass)}{meaning}"
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
    names = {
        f"sd({effect})": (group.factor, column)
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
            f"Between levels of {factor}, {what} have a standard deviation of {row['median']} "
            f"({row['lower']} to {row['upper']}) on the {design.spec.link.scale} scale."
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
    mean = shown[shown[""] == "mean of simulated data"].iloc[0]
    observed, means = simulated.statistics["mean"]
    share = float(np.mean(means[np.isfinite(means)] <= observed))
    inside = "inside" if 0.025 <= share <= 0.975 else "outside"
    sentences.append(
        f"Data simulated from them have a mean between {mean['lower']} and {mean['upper']}; that "
        f"of the data, {mean['observed']}, lies {inside} this range."
    )
    return [" ".join(sentences)]


def model_words(design: Design) -> list[str]:
    """The model as equations in plain text.

    Parameters
    ----------
    design : Design

    Returns
    -------
    list of str
        One line each.
    """
    spec, fixed = design.spec, design.predictor.fixed
    response = spec.formula.successes or spec.formula.response_name
    lines = [_likelihood(design, response)]
    suppression = spec.formula.suppression
    if suppression is not None:
        lines.append(
            f"suppressed: only {suppression.lower} ≤ {response} ≤ {suppression.upper} is known, "
            f"so the row counts as P({suppression.lower} ≤ {response} ≤ {suppression.upper})"
        )
    parts = (["Intercept"] if fixed.intercept else []) + [
        f"β[{name}] · {name}" for name in fixed.names
    ]
    if design.predictor.offset.any():
        parts.append("offset")
    for group in design.predictor.groups:
        for column, effect in zip(group.columns, group.effects, strict=True):
            factor = "" if column == "1" else f" · {column}"
            parts.append(f"u[{effect}]{factor}")
    left = spec.link.formula
    lines.append(f"{left} = {' + '.join(parts)}")
    for group in design.predictor.groups:
        names = ", ".join(f"u[{effect}]" for effect in group.effects)
        if group.correlated:
            lines.append(f"({names}) ~ Normal(0, Σ), one draw for each {group.factor}")
        else:
            lines += [
                f"u[{effect}] ~ Normal(0, sd({effect})), one draw for each {group.factor}"
                for effect in group.effects
            ]
    return lines


def _likelihood(design: Design, response: str) -> str:
    spec = design.spec
    mean = f"{spec.exposure} · m" if spec.exposure else "m"
    forms = {
        "gaussian": f"{response} ~ Normal(m, sigma)",
        "bernoulli": f"{response} ~ Bernoulli(m)",
        "binomial": f"{response} ~ Binomial({spec.formula.trials}, m)",
        "poisson": f"{response} ~ Poisson({mean})",
        "negative_binomial": f"{response} ~ NegativeBinomial(mean = {mean}, shape = alpha)",
    }
    return forms[spec.family.name]
