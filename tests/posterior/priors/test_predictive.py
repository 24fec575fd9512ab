"""Draws from the priors against closed forms and PyMC, and what they predict."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_model, normal_fit
from scipy import stats
from seeds import CHANCE, bound, generator, seed

import bayesglmm as bg
from bayesglmm.families import Prior
from bayesglmm.families.distributions import draw_correlations
from bayesglmm.pictures.prior_predictive import prior_picture
from bayesglmm.posterior.priors.predictive import prior_draws, prior_predictive
from bayesglmm.report.prose import prior_sentences

MANY = 4000
TWINS = [
    (Prior("Normal", mu=1.5, sigma=2), stats.norm(1.5, 2)),
    (Prior("StudentT", nu=4, mu=1, sigma=2), stats.t(4, 1, 2)),
    (Prior("Cauchy", alpha=1, beta=2), stats.cauchy(1, 2)),
    (Prior("Laplace", mu=1, b=2), stats.laplace(1, 2)),
    (Prior("HalfNormal", sigma=2), stats.halfnorm(0, 2)),
    (Prior("HalfStudentT", nu=3, sigma=2), stats.foldnorm),
    (Prior("HalfCauchy", beta=2), stats.halfcauchy(0, 2)),
    (Prior("Exponential", lam=2), stats.expon(0, 0.5)),
    (Prior("Gamma", alpha=3, beta=2), stats.gamma(3, 0, 0.5)),
    (Prior("InverseGamma", alpha=3, beta=2), stats.invgamma(3, 0, 2)),
    (Prior("LogNormal", mu=1, sigma=2), stats.lognorm(2, 0, np.exp(1))),
]


@pytest.mark.parametrize(("prior", "twin"), TWINS, ids=lambda item: str(item)[:20])
def test_draws_have_the_distribution(prior, twin):
    drawn = prior.draw(generator(5), MANY)
    if prior.name == "HalfStudentT":
        assert stats.kstest(drawn, lambda x: 2 * stats.t(3, 0, 2).cdf(x) - 1).pvalue > CHANCE / 10
    else:
        assert stats.kstest(drawn, twin.cdf).pvalue > CHANCE / 10


@pytest.mark.parametrize("q", [2, 3, 5])
@pytest.mark.parametrize("eta", [1.0, 2.5])
def test_correlations_have_the_lkj_margin(q, eta):
    """Each correlation is Beta(eta - 1 + q / 2) on (-1, 1): Lewandowski et al. (2009), p. 1998."""
    factor = draw_correlations(generator(6), eta, MANY, q)
    matrices = factor @ np.swapaxes(factor, 1, 2)
    np.testing.assert_allclose(np.diagonal(matrices, axis1=1, axis2=2), 1, rtol=1e-12)
    margin = stats.beta(eta - 1 + q / 2, eta - 1 + q / 2, loc=-1, scale=2)
    for line, column in zip(*np.tril_indices(q, -1), strict=True):
        assert stats.kstest(matrices[:, line, column], margin.cdf).pvalue > CHANCE / 10


def test_the_prior_of_the_intercept_holds_at_the_mean_of_the_columns():
    fit = normal_fit()
    drawn = prior_draws(fit.design, fit.priors, MANY)
    chosen = dict(fit.priors["Intercept"].prior.arguments)
    at_mean = drawn.flat("Intercept")[:, 0] + drawn.flat("x")[:, 0] * fit.design.predictor.X.mean()
    assert stats.kstest(at_mean, stats.norm(chosen["mu"], chosen["sigma"]).cdf).pvalue > CHANCE / 10


def test_group_effects_scatter_as_their_spreads_and_correlations_say():
    model = count_model()
    drawn = prior_draws(model.design, model.priors, MANY, seed=seed(3))
    first = drawn.flat("1|site")[:, 0] / drawn.flat("1|site_sigma")[:, 0]
    second = drawn.flat("x|site")[:, 0] / drawn.flat("x|site_sigma")[:, 0]
    correlation = drawn.flat("1+x|site_cor")[:, 0]
    rest = (second - correlation * first) / np.sqrt(1 - correlation**2)
    for standard in (first, second, rest):
        assert stats.kstest(standard, stats.norm.cdf).pvalue > CHANCE / 10
    assert abs(np.corrcoef(first, rest)[0, 1]) < bound() / np.sqrt(MANY)


def test_a_binomial_and_a_count_are_seen_as_the_reader_counts_them():
    found = count_model().prior_predictive(draws=400)
    design = count_model().design
    rate = 1e5 * np.sum(design.rows.y) / np.sum(design.rows.exposure)
    assert found.what == "rate per 100,000 time"
    assert found.crude == pytest.approx(rate)
    assert list(found.baselines) == ["baseline rate per 100,000 time"]
    assert found.rows.shape == (400, 96)
    rows = pd.DataFrame({"y": [1, 2, 3, 4], "n": [5, 5, 6, 9], "x": [0.0, 1, 2, 4]})
    other = bg.Model("p(y, n) ~ x", rows, family="binomial").prior_predictive(draws=400)
    assert other.crude == pytest.approx(10 / 25)
    assert ((other.rows >= 0) & (other.rows <= 1)).all()


def test_many_rows_are_thinned(monkeypatch):
    monkeypatch.setattr("bayesglmm.posterior.priors.predictive.CELLS", 5000)
    found = count_model().prior_predictive(draws=200)
    assert found.looked == found.rows.shape[1] == 24


@pytest.mark.parametrize("make", [count_model, binary_fit, normal_fit])
def test_sentences_quote_the_table_and_the_picture_is_drawn(make):
    made = make()
    found = prior_predictive(made.design, made.priors, draws=300)
    shown = found.table().formatted()
    sentence, *judged = prior_sentences(found)
    assert judged == ([found.judgement] if found.judgement else [])
    assert f"between {shown['lower'][0]} and {shown['upper'][0]}" in sentence
    assert "inside this range" in sentence
    assert prior_picture(found).svg.startswith("<svg")
    assert repr(found) == repr(found.table())


def test_a_surprising_mean_is_told():
    rows = pd.DataFrame({"y": np.arange(90.0, 110.0)})
    model = bg.Model("y ~ 1", rows, priors={"Intercept": Prior("Normal", mu=0, sigma=1)})
    found = model.prior_predictive(draws=300)
    assert "outside this range" in prior_sentences(found)[0]
