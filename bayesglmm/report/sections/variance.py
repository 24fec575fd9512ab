"""Variance partition: how much lies between groups, on which scale, at which exposure."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from bayesglmm.posterior.variance import variance_partition
from bayesglmm.report.html import paragraph, table
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table

RATIOS = {
    "median odds ratio": "odds",
    "median hazard ratio": "hazard",
    "median rate ratio": "rate",
}
"""A median ratio and what it is a ratio of."""


def variance(material: Material) -> Section | None:
    """Shares of variance in sentences and a table; nothing for a model without groups."""
    if not material.design.predictor.groups:
        return None
    shares = variance_partition(material.design, material.draws, mass=material.mass)
    parts = [paragraph(text) for text in sentences(shares)]
    parts.append(table(shares))
    return Section("variance", "Variance partition", Markup("").join(parts))


def sentences(shares: Table) -> list[str]:
    """The partition in words.

    Parameters
    ----------
    shares : Table
        From `posterior.variance_partition`; its printed numbers are quoted as they stand.

    Returns
    -------
    list of str
    """
    printed = shares.formatted().set_index("quantity")
    between = [_between(printed, name) for name in _factors(printed)]
    exposure = shares.estimand.partition("; for ")[2]
    found = [" ".join(between)] if between else []
    if exposure:
        found.append(
            f"These shares hold for {exposure}. A count scatters about its mean the more, in "
            "proportion, the smaller it is: with a smaller exposure less of the variance lies "
            "between groups, with a larger one more."
        )
    found.append(" ".join(_explained(printed)))
    return [text for text in found if text]


def _factors(printed: pd.DataFrame) -> list[str]:
    """Factors, alone and together, that have a share on either scale."""
    names = [
        str(label).partition(", ")[2] for label in printed.index if label[:4] in ("ICC,", "VPC,")
    ]
    return list(dict.fromkeys(names))


def _between(printed: pd.DataFrame, factor: str) -> str:
    """The shares of a factor, and its median ratio."""
    shares = [
        f"{_interval(printed, f'{name}, {factor}')} on the {scale} scale"
        for name, scale in (("ICC", "latent"), ("VPC", "response"))
        if f"{name}, {factor}" in printed.index
    ]
    words = (
        f"Of the variance left by the fixed part, a share of {' and '.join(shares)} lies between "
        f"levels of {factor}."
    )
    for name, what in RATIOS.items():
        label = f"{name}, {factor}"
        if label in printed.index:
            words += (
                f" Of two levels of {factor} drawn at random, the one with the higher {what} has, "
                f"in the median, {_interval(printed, label)} times the {what} of the other."
            )
    return words


def _explained(printed: pd.DataFrame) -> list[str]:
    """Marginal and conditional R²."""
    if "R², conditional" not in printed.index:
        return []
    return [
        f"The fixed part explains {_interval(printed, 'R², marginal')} of the latent variance "
        f"(marginal R²), fixed part and groups together {_interval(printed, 'R², conditional')} "
        "(conditional R²)."
    ]


def _interval(printed: pd.DataFrame, label: str) -> str:
    row = printed.loc[label]
    return f"{row['median']} ({row['lower']} to {row['upper']})"
