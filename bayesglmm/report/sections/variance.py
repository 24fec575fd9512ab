"""Variance partition: how much lies between groups, on which scale, at which exposure."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from bayesglmm.report.html import bullets, paragraph, table
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
    shares = material.shares
    if shares is None:
        return None
    parts = [
        paragraph("Of the variance that the fixed part leaves, this share lies between groups:"),
        bullets(between_groups(shares, material.design.has_rates)),
        *(paragraph(text) for text in sentences(shares)),
        table(shares),
    ]
    return Section("variance", "Variance partition", Markup("").join(parts))


def between_groups(shares: Table, rates: bool = True) -> list[str]:
    """The shares of each factor, and of factors together, with their median ratios.

    Parameters
    ----------
    shares : Table
        From `posterior.variance_partition`; its printed numbers are quoted as they stand.
    rates : bool
        Whether a count has an exposure, so that its mean is a rate.

    Returns
    -------
    list of str
    """
    printed = shares.formatted().set_index("quantity")
    labels = [str(label) for label in printed.index if str(label)[:4] in ("ICC,", "VPC,")]
    factors = dict.fromkeys(label.partition(", ")[2] for label in labels)
    return [f"{_shares(printed, factor)}{_ratio(printed, factor, rates)}" for factor in factors]


def sentences(shares: Table) -> list[str]:
    """Where the shares hold, and what the fixed part explains.

    Parameters
    ----------
    shares : Table
        As for `between_groups`.

    Returns
    -------
    list of str
    """
    printed = shares.formatted().set_index("quantity")
    exposure = shares.estimand.partition("; for ")[2]
    found = []
    if exposure:
        found.append(
            f"These shares hold for {exposure}. A count scatters about its mean the more, in "
            "proportion, the smaller it is: with a smaller exposure less of the variance lies "
            "between groups, with a larger one more."
        )
    return found + _explained(printed)


def _shares(printed: pd.DataFrame, factor: str) -> str:
    found = [
        f"{_interval(printed, f'{name}, {factor}')} on the {scale} scale"
        for name, scale in (("ICC", "latent"), ("VPC", "response"))
        if f"{name}, {factor}" in printed.index
    ]
    together = " together" if " + " in factor else ""
    return f"{factor}{together}: {', '.join(found)}."


def _ratio(printed: pd.DataFrame, factor: str, rates: bool) -> str:
    """The median ratio of a factor in a sentence; nothing where it has none."""
    for name, what in RATIOS.items():
        label = f"{name}, {factor}"
        what = "expected count" if what == "rate" and not rates else what
        if label in printed.index:
            return (
                f" Of two of its groups drawn at random, the one with the higher {what} has, in "
                f"the median, {_interval(printed, label)} times the {what} of the other."
            )
    return ""


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
