"""Default priors: a table, each row with its reason and its source.

They are weakly informative: they rule out the absurd on the scale of the data and leave the rest
to the data. To change one, change its row.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bayesglmm.families import Prior


@dataclass(frozen=True, slots=True)
class Facts:
    """What a default prior may know of the data.

    Attributes
    ----------
    location : float
        Link of the crude mean (per unit of exposure), less the mean offset.
    crude : float
        The crude mean itself.
    unit : float
        What counts as one large step of the linear predictor: 1 on the log, logit, probit and
        cloglog scales, else the spread of the response carried to the link scale.
    spread : float
        Standard deviation of the response.
    column : float
        Standard deviation of the column the parameter belongs to; 1 for an indicator.
    """

    location: float
    crude: float
    unit: float
    spread: float
    column: float = 1.0


@dataclass(frozen=True, slots=True)
class Default:
    """A row of the table.

    Attributes
    ----------
    kind : str
        Class of parameter.
    make : callable
        Facts to Prior, on the link scale.
    reason : str
        Printed beside the prior; may name `crude`, `spread`, `change` and `step`.
    source : str
        Where the choice comes from.
    """

    kind: str
    make: Callable[[Facts], Prior]
    reason: str
    source: str


_ON_LOG_SCALE = (
    Default(
        "residual intercept",
        lambda facts: Prior("Normal", mu=math.log(facts.spread), sigma=1.25),
        "of the size of the response's standard deviation {spread:.3g}, on the log scale",
        "as wide as the log of the exponential prior of a constant sigma",
    ),
    Default(
        "shape intercept",
        lambda facts: Prior("Normal", mu=1.4, sigma=2.5),
        "from strong overdispersion to nearly Poisson, on the log scale",
        "as wide as the log of the inverse-gamma prior of a constant shape",
    ),
    *(
        Default(
            f"{kind} slope",
            lambda facts: Prior("Normal", mu=0, sigma=1 / facts.column),
            "centred on no effect; {change} seldom multiplies it by more than 7",
            "a standard normal of the log, as in bambi",
        )
        for kind in ("residual", "shape")
    ),
    *(
        Default(
            f"{kind} sd",
            lambda facts: Prior("HalfNormal", sigma=1 / facts.column),
            "groups seldom differ by more than a factor 7",
            "as that of the slopes",
        )
        for kind in ("residual", "shape")
    ),
)
"""Of the formulas of parameters other than the mean, all with a log link."""

DEFAULTS: tuple[Default, ...] = (
    Default(
        "intercept",
        lambda facts: Prior("Normal", mu=facts.location, sigma=2.5 * facts.unit),
        "centred on the crude mean {crude:.3g}",
        "after brms (Bürkner 2017, J. Stat. Softw. 80(1)): centred on the data",
    ),
    Default(
        "slope",
        lambda facts: Prior("Normal", mu=0, sigma=2.5 * facts.unit / facts.column),
        "centred on no effect; {change} seldom moves the linear predictor by more than {step:.3g}",
        "scaled as in rstanarm; after Gelman et al. (2008), Ann. Appl. Stat. 2(4)",
    ),
    Default(
        "sd",
        lambda facts: Prior("HalfNormal", sigma=2.5 * facts.unit / facts.column),
        "groups seldom differ by more than {step:.3g} on the link scale",
        "after Gelman (2006), Bayesian Analysis 1(3); lighter tail than its half-t",
    ),
    Default(
        "cor",
        lambda facts: Prior("LKJ", eta=2.0),
        "correlations near -1 and 1 are unlikely",
        "Lewandowski, Kurowicka & Joe (2009), J. Multivariate Anal. 100(9)",
    ),
    *_ON_LOG_SCALE,
    Default(
        "residual",
        lambda facts: Prior("Exponential", lam=1 / facts.spread),
        "of the size of the response's standard deviation {spread:.3g}",
        "as in rstanarm",
    ),
    Default(
        "shape",
        lambda facts: Prior("InverseGamma", alpha=0.4, beta=0.3),
        "from strong overdispersion to nearly Poisson",
        "as in brms",
    ),
)


def default_prior(kind: str, facts: Facts) -> tuple[Prior, str, str]:
    """The default prior of a class of parameters.

    Parameters
    ----------
    kind : str
        ``"intercept"``, ``"slope"``, ``"sd"``, ``"cor"``, or the kind of a parameter of the family.
    facts : Facts

    Returns
    -------
    prior : Prior
    reason : str
    source : str
    """
    row = next(row for row in DEFAULTS if row.kind == kind)
    change = "the level" if facts.column == 1 else f"one sd of the column ({facts.column:.3g})"
    step = 5 * facts.unit / (facts.column if kind == "sd" else 1)
    reason = row.reason.format(crude=facts.crude, spread=facts.spread, change=change, step=step)
    return row.make(facts), reason, row.source
