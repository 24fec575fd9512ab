"""Sampling weights: what they correct, and what they do not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.finding import Evidence
from bayesglmm.design.design import Design


def survey_weighted(design: Design) -> Iterator[Evidence]:
    """Rows whose log densities are multiplied with sampling weights."""
    weight = design.rows.weight
    if weight is None:
        return
    effective = weight.sum() ** 2 / np.square(weight).sum()
    yield Evidence(
        "warning",
        f"The survey weights '{design.spec.survey_weights}' range from {weight.min():.3g} to "
        f"{weight.max():.3g} times their mean; for a mean, Kish's effective number of rows is "
        f"{effective:,.0f} of {design.n:,}. They move estimates towards those of the population "
        "that was sampled. They do not make the intervals those of the design: strata and clusters "
        "are not in them, and {0:,} rows count as {0:,} independent ones, so that intervals are "
        "mostly too narrow. Averages over rows count each row once.".format(design.n),
        "Put what the weights are made of (strata, age, sex, region) into the formula, and average "
        "over the population with poststratify(). For intervals of the design, resample its "
        "clusters and refit.",
    )
