"""Default priors: a table, each row with its reason and its source.

They are weakly informative: they rule out the absurd on the scale of the data and leave the rest
to the data. To change one, change its row. Those of a family's own parameters stand with the
family.
"""

from __future__ import annotations

from bayesglmm.families import Param, Prior
from bayesglmm.families.default import Default, Facts

DEFAULTS: dict[str, Default] = {
    "intercept": Default(
        lambda facts: Prior("Normal", mu=facts.location, sigma=2.5 * facts.unit),
        "centred on the crude mean {crude:.3g}",
        "after brms (Bürkner 2017, J. Stat. Softw. 80(1)): centred on the data",
    ),
    "slope": Default(
        lambda facts: Prior("Normal", mu=0, sigma=2.5 * facts.unit / facts.column),
        "centred on no effect; {change} seldom moves the linear predictor by more than {step:.3g}",
        "scaled as in rstanarm; after Gelman et al. (2008), Ann. Appl. Stat. 2(4)",
    ),
    "sd": Default(
        lambda facts: Prior("HalfNormal", sigma=2.5 * facts.unit / facts.column),
        "groups seldom differ by more than {column_step:.3g} on the link scale",
        "after Gelman (2006), Bayesian Analysis 1(3); lighter tail than its half-t",
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
        lambda facts: Prior("Normal", mu=0, sigma=1 / facts.column),
        "centred on no effect; {change} seldom multiplies it by more than 7",
        "a standard normal of the log, as in bambi",
    ),
    "sd": Default(
        lambda facts: Prior("HalfNormal", sigma=1 / facts.column),
        "groups seldom differ by more than a factor 7",
        "as that of the slopes",
    ),
    "cor": DEFAULTS["cor"],
}
"""Of the formulas of parameters other than the mean, all with a log link."""


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
    if parameter is None:
        return DEFAULTS[kind]
    if kind in OTHERS:
        return OTHERS[kind]
    own = parameter.intercept if kind == "intercept" else parameter.prior
    if own is None:
        raise ValueError(f"The family has no default prior of {parameter.name}.")
    return own


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
    step = 5 * facts.unit
    reason = row.reason.format(
        crude=facts.crude,
        spread=facts.spread,
        change=change,
        step=step,
        column_step=step / facts.column,
    )
    return row.make(facts), reason, row.source
