"""A fit as packages of regression tables ask for it: the plug-in attributes of maketables.

maketables 0.2, ``PluginExtractor``: a model has attributes ``__maketables_...__``, among them a
frame with the columns b, se, t, p and bounds of an interval.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.posterior.coefficients import fixef
from bayesglmm.posterior.posterior import Posterior

STATISTICS = {"N": "Observations", "se_type": "In parentheses"}
"""Rows below the coefficients, and what they are called."""


def coefficient_table(posterior: Posterior) -> pd.DataFrame:
    """Coefficients on the link scale, by their names.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    pandas.DataFrame
        ``b``, the posterior median; ``se``, the posterior standard deviation; ``ci95l`` and
        ``ci95u``, the ends of the 95 % equal-tailed interval. There is no test: ``t`` and ``p`` are
        empty, so that no stars are printed.
    """
    frame = fixef(posterior, 0.95).frame.set_index("")
    found = frame[["median", "sd"]].set_axis(["b", "se"], axis=1)
    found = found.assign(t=np.nan, p=np.nan, ci95l=frame["lower"], ci95u=frame["upper"])
    return found.rename_axis("Coefficient")


def statistic(design: Design, key: str) -> Any:
    """A number or word below the coefficients; None for what a posterior has not."""
    return {"N": design.flow.observations, "se_type": "posterior sd"}.get(key)


def labels(design: Design) -> dict[str, str]:
    """What the coefficients are called in print."""
    called = printed_names(design)
    return {name: called[name] for name in ("Intercept", *design.predictor.fixed.names)}


def response_name(design: Design) -> str:
    """What the response is called in print."""
    return printed_names(design)[design.spec.formula.response_name]
