"""Default priors: a table, each row with its reason and its source.

They are weakly informative: they rule out the absurd on the scale of the data and leave the rest
to the data. To change one, change its row. Those of a family's own parameters stand with the
family.
"""

from __future__ import annotations

from bayesglmm.families import Param, Prior
from bayesglmm.families.default import Default, Facts

EACH, TOGETHER = 2.5, 2.0
"""The most that one term, and that all slopes or all groups together, may vary by, as a standard
deviation in steps (see `Facts.unit`).

With a prior of its own for each column, a predictor of many would vary the more, until it says a
death rate above one.
"""

OTHERS_EACH = 1.0
"""The same in the formula of a parameter beside the mean, of one term and of all."""

DEFAULTS: dict[str, Default] = {
    "intercept": Default(
        lambda facts: Prior("Normal", mu=facts.location, sigma=EACH * facts.unit),
        "centred on the crude mean {crude:.3g}",
        "after brms (Bürkner 2017, J. Stat. Softw. 80(1)): centred on the data",
    ),
    "slope": Default(
        lambda facts: Prior(
            "Normal", mu=0, sigma=facts.share(EACH, TOGETHER) * facts.unit / facts.column
        ),
        "centred on no effect; {change} seldom moves the linear predictor by more than {wide:.3g}",
        "scaled as in rstanarm, and by the number of columns after Gelman, Hill & Vehtari (2020), "
        "Regression and Other Stories, section 12.7",
    ),
    "sd": Default(
        lambda facts: Prior(
            "HalfNormal", sigma=facts.share(EACH, TOGETHER) * facts.unit / facts.column
        ),
        "seldom above {per_unit:.3g} on the link scale",
        "after Gelman (2006), Bayesian Analysis 1(3), with a lighter tail than its half-t; shared "
        "between group terms as the slopes' is",
    ),
    "cor": Default(
        lambda facts: Prior("LKJ", eta=2.0),
        "correlations near -1 and 1 are unlikely",
        "Lewandowski, Kurowicka & Joe (2009), J. Multivariate Anal. 100(9)",
    ),
}
"""Of the mean's linear predictor, by class of parameter, on the link scale."""

OTHERS: dict[str, Default] = {
    "slope": Default(
        lambda facts: Prior(
            "Normal", mu=0, sigma=facts.share(OTHERS_EACH, OTHERS_EACH) / facts.column
        ),
        "centred on no effect; {change} seldom moves its linear predictor by more than {wide:.3g}",
        "a standard normal, as in bambi, shared between the columns",
    ),
    "sd": Default(
        lambda facts: Prior(
            "HalfNormal", sigma=facts.share(OTHERS_EACH, OTHERS_EACH) / facts.column
        ),
        "seldom above {per_unit:.3g} on the link scale",
        "as that of the slopes",
    ),
    "cor": DEFAULTS["cor"],
}
"""Of the formulas of parameters other than the mean, on their link scales."""


def find_default(kind: str, parameter: Param | None = None) -> Default:
    """The default prior of a class of parameters.

    Parameters
    ----------
    kind : str
        ``"intercept"``, ``"slope"``, ``"sd"``, ``"cor"``; anything else is a parameter of the
        family that is one number.
    parameter : Param, optional
        The parameter of the family that it belongs to, where that is not the mean.

    Returns
    -------
    Default

    Raises
    ------
    ValueError
        If the family says no default prior of its own parameter.
    """
    if kind == "intercept" and parameter is not None and parameter.intercept is not None:
        return parameter.intercept
    if parameter is None or parameter.main:
        return DEFAULTS[kind]
    if kind in OTHERS:
        return OTHERS[kind]
    if parameter.prior is None or kind == "intercept":
        raise ValueError(f"The family has no default prior of {parameter.name}.")
    return parameter.prior


def default_prior(row: Default, facts: Facts) -> tuple[Prior, str, str]:
    """A default prior for some data.

    Parameters
    ----------
    row : Default
        From `find_default`.
    facts : Facts

    Returns
    -------
    prior : Prior
    reason : str
    source : str
    """
    change = "the level" if facts.column == 1 else f"one sd of the column ({facts.column:.3g})"
    prior = row.make(facts)
    twice = 2 * dict(prior.arguments).get("sigma", 0.0)
    reason = row.reason.format(
        crude=facts.crude,
        spread=facts.spread,
        change=change,
        wide=twice * facts.column,
        per_unit=twice,
    )
    return prior, reason, row.source
