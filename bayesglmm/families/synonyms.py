"""What other packages call our families and links, and what to write for them here."""

from __future__ import annotations

import re

_COUNTS = "Write family='negative_binomial'."
_NONE = "There is no such family yet. These are: {families}."

_FAMILIES = {
    **dict.fromkeys(("normal", "lm", "linear", "norm"), "Write family='gaussian'."),
    **dict.fromkeys(
        ("nbinom2", "nbinom", "negbin", "negbinomial", "negativebinomial", "nb", "nb2"), _COUNTS
    ),
    **dict.fromkeys(
        ("quasipoisson", "genpois", "compois"),
        "Write family='negative_binomial' for counts with more variation than Poisson's.",
    ),
    "nbinom1": "There is no variance linear in the mean. Write family='negative_binomial'.",
    **dict.fromkeys(
        ("binary", "logistic", "logit"), "Write family='bernoulli'; its usual link is logit."
    ),
    "probit": "Write family='bernoulli', link='probit'.",
    "cloglog": "Write family='bernoulli', link='cloglog'.",
    **dict.fromkeys(
        ("proportion", "quasibinomial", "betabinomial"),
        "Write p(k, n) ~ ... with family='binomial'.",
    ),
    **dict.fromkeys(("count", "counts", "pois", "loglinear"), "Write family='poisson'."),
    **dict.fromkeys(
        ("beta", "gamma", "student", "studentt", "t", "lognormal", "exponential", "weibull"), _NONE
    ),
    **dict.fromkeys(
        ("cumulative", "ordinal", "categorical", "multinomial", "zip", "zinb", "hurdle", "tweedie"),
        _NONE,
    ),
}
_LINKS = {
    **dict.fromkeys(("logistic", "log_odds", "logodds"), "logit"),
    **dict.fromkeys(("linear", "id", "none"), "identity"),
    **dict.fromkeys(("exp", "ln"), "log"),
    **dict.fromkeys(("normit", "phi"), "probit"),
    **dict.fromkeys(("loglog", "complementary_log_log", "gompit"), "cloglog"),
}


def meant_family(name: str, families: list[str]) -> str | None:
    """What to write for a family of another name.

    Parameters
    ----------
    name : str
        Such as ``"nbinom2"`` or ``"binomial(logit)"``.
    families : list of str
        The families there are.

    Returns
    -------
    str or None
        A sentence; None where the name means nothing known.
    """
    called = re.fullmatch(r"\s*(\w+)\s*\(\s*(?:link\s*=\s*)?['\"]?(\w*)['\"]?\s*\)\s*", name)
    if called and called[1].casefold() in families:
        link = f", link='{called[2].casefold()}'" if called[2] else ""
        return f"Write family='{called[1].casefold()}'{link}."
    word = (called[1] if called else name).casefold()
    meant = _FAMILIES.get(re.sub(r"[\W_]", "", word))
    return None if meant is None else meant.format(families=", ".join(families))


def meant_link(name: str) -> str | None:
    """What to write for a link of another name; see `meant_family`."""
    meant = _LINKS.get(name.casefold().replace("-", "_").replace(" ", "_"))
    return None if meant is None else f"Write link='{meant}'."
