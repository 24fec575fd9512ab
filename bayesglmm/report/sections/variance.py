"""Variance partition: how much lies between groups, on which scale, at which exposure."""

from __future__ import annotations

from collections.abc import Mapping

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.posterior.variance import Partition
from bayesglmm.report.blocks import bullets, paragraph, table
from bayesglmm.report.material import Material, Section

type Quoted = Mapping[tuple[str, tuple[str, ...]], str]
"""Kind and factors of a share to its printed estimate and interval."""


def variance(material: Material) -> Section | None:
    """Shares of variance in sentences and a table; nothing for a model without groups."""
    if not material.design.predictor.groups:
        return None
    found = material.partition
    said = between_groups(material.design, found)
    lead = "Of the variance that the fixed part leaves, this share lies between groups:"
    parts = (
        *([paragraph(lead), *bullets(said)] if said else []),
        *(paragraph(text) for text in sentences(found)),
        table(found.table),
    )
    return Section("variance", "Variance partition", parts)


def between_groups(design: Design, found: Partition) -> list[str]:
    """The shares of each factor, and of factors together, with their median ratios.

    Parameters
    ----------
    design : Design
    found : Partition
        The printed numbers of its table are quoted as they stand.

    Returns
    -------
    list of str
    """
    quoted = _quoted(found)
    sets = dict.fromkeys(share.of for share in found.shares if share.kind in ("ICC", "VPC"))
    return [f"{_shares(design, quoted, of)}{_ratio(design, quoted, of)}" for of in sets]


def sentences(found: Partition) -> list[str]:
    """Where the shares hold, and what the fixed part explains.

    Parameters
    ----------
    found : Partition

    Returns
    -------
    list of str
    """
    said = []
    if found.exposure:
        said.append(
            f"These shares hold for {found.exposure}. A count scatters about its mean the more, in "
            "proportion, the smaller it is: with a smaller exposure less of the variance lies "
            "between groups, with a larger one more."
        )
    return said + _explained(_quoted(found))


def _quoted(found: Partition) -> Quoted:
    rows = found.table.formatted().to_dict("records")
    return {
        (share.kind, share.of): f"{row['median']} ({row['lower']} to {row['upper']})"
        for share, row in zip(found.shares, rows, strict=True)
    }


def _shares(design: Design, quoted: Quoted, of: tuple[str, ...]) -> str:
    found = [
        f"{quoted[kind, of]} on the {scale} scale"
        for kind, scale in (("ICC", "latent"), ("VPC", "response"))
        if (kind, of) in quoted
    ]
    called = printed_names(design)
    together = " together" if len(of) > 1 else ""
    return f"{' + '.join(called[name] for name in of)}{together}: {', '.join(found)}."


def _ratio(design: Design, quoted: Quoted, of: tuple[str, ...]) -> str:
    """The median ratio of a factor in a sentence; nothing where it has none."""
    measure = design.measure
    median = quoted.get((measure.median, of))
    if median is None:
        return ""
    return (
        f" Of two of its groups drawn at random, the one with the higher {measure.of} has, in "
        f"the median, {median} times the {measure.of} of the other."
    )


def _explained(quoted: Quoted) -> list[str]:
    """Marginal and conditional R²."""
    if ("R²", ("conditional",)) not in quoted:
        return []
    marginal, conditional = (quoted["R²", (name,)] for name in ("marginal", "conditional"))
    return [
        f"The fixed part explains {marginal} of the latent variance (marginal R²), fixed part and "
        f"groups together {conditional} (conditional R²)."
    ]
