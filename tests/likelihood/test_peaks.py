"""The square-root link near 0: two peaks of a group's integrand, and what is said of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from scipy.special import logsumexp
from scipy.stats import norm, poisson
from seeds import generator

import bayesglmm as bg


def model(center: float, sd: float = 0.8, link: str = "sqrt") -> bg.Model:
    rng = generator(6)
    rows = pd.DataFrame({"g": np.repeat(np.arange(30), 4), "x": rng.normal(size=120)})
    eta = center + 0.1 * rows["x"] + sd * rng.normal(size=30)[rows["g"]]
    rows["y"] = rng.poisson(eta**2)
    return bg.Model("y ~ x + (1 | g)", rows, family="poisson", link=link)


def brute(found) -> float:
    """The log likelihood by a grid of the group effect that holds both peaks."""
    design, sd = found.design, found.estimate("1|g_sigma")
    typical = found.estimate("Intercept") + found.estimate("x") * design.predictor.X[:, 0]
    b, step = np.linspace(-12 * sd, 12 * sd, 8001, retstep=True)
    rows = poisson.logpmf(design.rows.y[:, None], np.square(typical[:, None] + b))
    index = design.predictor.groups[0].index
    groups = np.stack([rows[index == g].sum(axis=0) for g in range(30)])
    return float((logsumexp(groups + norm.logpdf(b, 0, sd), axis=1) + np.log(step)).sum())


@pytest.mark.parametrize("quadrature", [1, 25])
def test_near_zero_the_log_likelihood_is_off_and_said_to_be(quadrature):
    found = model(0.8, sd=2.5).ml(quadrature)
    assert abs(found.loglik - brute(found)) > 0.5
    for text in (found.verdict(), repr(found.table()), repr(found.criteria())):
        said = " ".join(text.split())
        assert "The log likelihood may be wrong: under the square-root link" in said


@pytest.mark.parametrize("quadrature", [1, 25])
def test_well_above_zero_it_is_right_and_nothing_is_said(quadrature):
    found = model(8.0).ml(quadrature)
    assert found.loglik == pytest.approx(brute(found), abs=0.05 if quadrature == 1 else 1e-4)
    assert found.caution == ""
    assert "may be wrong" not in repr(found)


def test_other_links_have_one_peak():
    assert model(0.8, link="log").ml().caution == ""


def test_what_rests_on_the_log_likelihood_says_so_too():
    near = model(0.8, sd=2.5)
    large, small = (
        near.ml(),
        bg.Model("y ~ 1 + (1 | g)", near.design.given, family="poisson", link="sqrt").ml(),
    )
    said = "The log likelihood may be wrong"
    assert said in repr(bg.lrt(small, large))
    assert said in repr(large.profile("x"))
    known = dict(zip(large.labels, large.estimates, strict=True))
    assert said in repr(make_fit(near, known).parity())
