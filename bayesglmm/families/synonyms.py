"""What other packages call our families and links.

Names that mean the same are understood; others are answered by what to write here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_COUNTS = "Write family='negative_binomial' for the variance mu + mu**2 / alpha."
_NONE = "There is no such family yet. These are: {families}."

_FAMILIES = {
    **dict.fromkeys(("lm", "linear", "norm"), "Write family='gaussian'."),
    **dict.fromkeys(("nbinom", "negbin", "nb"), _COUNTS),
    **dict.fromkeys(
        ("quasipoisson", "compois", "compoisson", "overdispersedpoisson"),
        "Write family='negative_binomial' for counts with more variation than Poisson's.",
    ),
    **dict.fromkeys(
        ("binary", "logistic", "logit"), "Write family='bernoulli'; its usual link is logit."
    ),
    "probit": "Write family='bernoulli', link='probit'.",
    "cloglog": "Write family='bernoulli', link='cloglog'.",
    **dict.fromkeys(
        ("proportion", "quasibinomial"),
        "Write p(k, n) ~ ... with family='binomial', or 'beta_binomial' for proportions that vary "
        "more than binomial ones; family='beta' for shares that are not of a number of trials, "
        "'ordered_beta' where some of these are exactly 0 or 1.",
    ),
    **dict.fromkeys(
        ("zeroinflatedbeta", "oneinflatedbeta", "fractional"),
        "Write family='ordered_beta', or 'zero_one_inflated_beta' where 0 and 1 have causes of "
        "their own.",
    ),
    **dict.fromkeys(("count", "counts", "pois", "loglinear"), "Write family='poisson'."),
}
_PARTS = ("zeroinflated", "hurdle", "zeroone", "truncated", "mixture")
"""What names of families begin with that join one of ours with something else."""

_LINKS = {
    **dict.fromkeys(("logistic", "log_odds", "logodds"), "logit"),
    **dict.fromkeys(("linear", "id", "none"), "identity"),
    **dict.fromkeys(("exp", "ln"), "log"),
    **dict.fromkeys(("normit", "phi"), "probit"),
    **dict.fromkeys(("loglog", "complementary_log_log", "gompit"), "cloglog"),
}


def read_name(name: str, families: Mapping[str, Sequence[str]]) -> tuple[str, str | None]:
    """A family under our name, and the link that stands in parentheses behind it.

    Parameters
    ----------
    name : str
        Such as ``"nbinom2"``, ``"Poisson"`` or ``"binomial(logit)"``.
    families : mapping
        The families there are, each with other names for it.

    Returns
    -------
    family : str
        As written where it means none of ours.
    link : str or None
    """
    called = re.fullmatch(r"\s*(\w+)\s*\(\s*(?:link\s*=\s*)?['\"]?(\w*)['\"]?\s*\)\s*", name)
    word, link = (called[1], called[2].casefold()) if called else (name, "")
    ours = {_bare(alias): family for family, other in families.items() for alias in other}
    ours |= {_bare(family): family for family in families}
    return ours.get(_bare(word), word), link or None


def meant_family(name: str, families: list[str]) -> str | None:
    """What to write for a family that is not quite ours.

    Parameters
    ----------
    name : str
        Such as ``"quasipoisson"``.
    families : list of str
        The families there are.

    Returns
    -------
    str or None
        A sentence; None where the name means nothing known.
    """
    bare = _bare(name)
    meant = _FAMILIES.get(bare, _NONE if bare.startswith(_PARTS) else None)
    return None if meant is None else meant.format(families=", ".join(families))


def _bare(name: str) -> str:
    """A name without case, blanks and signs."""
    return re.sub(r"[\W_]", "", name.casefold())


def meant_link(name: str) -> str | None:
    """What to write for a link of another name; see `meant_family`."""
    meant = _LINKS.get(name.casefold().replace("-", "_").replace(" ", "_"))
    return None if meant is None else f"Write link='{meant}'."
