"""Power-scaling against the conjugate normal model, whose scaled posteriors are known."""

from __future__ import annotations

import numpy as np
import pytest
from posterior_maker import binary_fit, count_fit, normal_fit
from scipy.stats import norm
from seeds import generator

from bayesglmm.posterior.priors.power_scaling import POWERS, power_scaling, sensitivities


def jensen_shannon(p: norm, q: norm) -> float:
    """Cumulative Jensen-Shannon distance of two normals (Kallioinen et al. 2024, section 2.3)."""
    center, spread = p.mean(), p.std()
    found = []
    for sign in (1, -1):
        x = np.linspace(-10, 10, 20001) * spread + sign * center
        P, Q = ((law.cdf(x) if sign == 1 else law.sf(-x)) for law in (p, q))
        P, Q = np.clip(P, 1e-300, 1), np.clip(Q, 1e-300, 1)
        middle = 0.5 * (P + Q)
        step = x[1] - x[0]
        pq = np.sum(P * np.log2(P / middle)) + 0.5 / np.log(2) * np.sum(Q - P)
        qp = np.sum(Q * np.log2(Q / middle)) + 0.5 / np.log(2) * np.sum(P - Q)
        inside = x <= sign * center + norm.isf(0.5 / 16000) * spread  # where draws stop
        bound = np.sum((P + Q)[inside]) * step
        found.append(np.sqrt(max(0.0, (pq + qp) * step) / bound))
    return max(found)


@pytest.mark.parametrize("component", ["prior", "likelihood"])
def test_the_conjugate_normal(component):
    """y ~ N(theta, 1), theta ~ N(0, tau^2): a power multiplies the precision of its component."""
    tau, y = 0.5, np.full(8, 1.2)

    def posterior(prior: float, likelihood: float) -> norm:
        precision = prior / tau**2 + likelihood * len(y)
        return norm(likelihood * y.sum() / precision, precision**-0.5)

    here = posterior(1, 1)
    theta = here.ppf((generator(4).permutation(16000) + 0.5) / 16000).reshape(4, 4000)
    density = {
        "prior": norm.logpdf(theta, 0, tau),
        "likelihood": norm.logpdf(y[:, None, None], theta, 1).sum(axis=0),
    }[component]
    (found,) = sensitivities(density, theta[..., None])
    scaled = [posterior(p, 1) if component == "prior" else posterior(1, p) for p in POWERS]
    distances = [jensen_shannon(here, law) for law in scaled]
    exact = (-distances[0] / np.log2(POWERS[0]) + distances[1] / np.log2(POWERS[1])) / 2
    assert found == pytest.approx(exact, rel=0.03)


def test_a_flat_component_is_not_felt():
    theta = generator(1).normal(size=(4, 500, 2))
    assert sensitivities(np.full((4, 500), -3.0), theta).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("make", [count_fit, binary_fit, normal_fit])
def test_table(make):
    fit = make()
    table = fit.sensitivity().power
    assert table.frame[""].iloc[0] == "Intercept"
    components = [name for name in table.frame if name.startswith("prior of")]
    assert components[:2] == ["prior of intercept", "prior of slopes"]
    values = table.frame[["all priors", *components, "likelihood"]].to_numpy()
    assert np.all(np.isfinite(values))
    assert np.all(values >= 0)


def test_a_strong_prior_is_felt():
    """Draws that scatter as the prior does, where the likelihood is flat."""
    fit = normal_fit(noise=0.1)
    table = power_scaling(fit.posterior, fit.priors).frame.set_index("")
    assert table.loc["x", "the priors are"] == "hardly felt"
    strong = normal_fit(noise=0.1)
    name = "x"
    from dataclasses import replace

    import bayesglmm as bg

    priors = dict(strong.priors)
    priors[name] = replace(priors[name], prior=bg.Prior("Normal", mu=-1.0, sigma=0.1))
    felt = power_scaling(strong.posterior, priors).frame.set_index("")
    assert felt.loc["x", "prior of slopes"] > 0.05
    assert felt.loc["Intercept", "prior of slopes"] < felt.loc["x", "prior of slopes"] / 3
