"""What a formula of sigma or alpha does to answers about responses, against closed forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm.errors import DataError, SpecError
from bayesglmm.posterior.comparison.integrated import group_log_density
from bayesglmm.posterior.priors.refit_tables import answers_scale
from bayesglmm.posterior.priors.verdicts import answers


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(8)  # any data
    return pd.DataFrame(
        {
            "y": rng.normal(size=60),
            "c": rng.poisson(4, size=60),
            "x": rng.normal(size=60),
            "z": rng.normal(size=60),
            "g": np.repeat(np.arange(6), 10).astype(str),
            "h": np.tile(np.arange(5), 12).astype(str),
        }
    )


KNOWN = {
    "Intercept": 1.0,
    "x": 0.5,
    "1|g_sigma": 0.7,
    "sigma_Intercept": -0.3,
    "sigma_z": 0.4,
    "sigma_1|h_sigma": 0.6,
}
EFFECTS = {"sigma_1|h": {"0": 1.0, "1": -1.0}}
"""Far from 0: what is of new groups must not depend on them."""


@pytest.fixture(scope="module")
def gaussian(rows) -> bg.Fit:
    model = bg.Model("y ~ x + (1 | g)", rows, sigma="~ z + (1 | h)")
    return make_fit(model, KNOWN, EFFECTS, noise=0.1, draws=150)


@pytest.fixture(scope="module")
def counts(rows) -> bg.Fit:
    model = bg.Model("c ~ x + (1 | g)", rows, family="negative_binomial", alpha="~ z + (1 + z | h)")
    known = {"Intercept": 1.2, "1|g_sigma": 0.4, "alpha_z": 0.3, "alpha_1+z|h_cor[1, z]": 0.5}
    return make_fit(model, known, noise=0.1, draws=150)


def flat(fit: bg.Fit, name: str) -> np.ndarray:
    return fit.draws.flat(name)[:, 0]


def test_moments_of_new_groups_take_the_mean_variance_over_new_groups(gaussian, rows):
    new = rows.head(2)
    frame = gaussian.moments(new).frame.set_index("")
    log_sigma = flat(gaussian, "sigma_Intercept") + flat(gaussian, "sigma_z") * new["z"].iloc[0]
    residual = np.exp(2 * log_sigma + 2 * flat(gaussian, "sigma_1|h_sigma") ** 2)
    expected = flat(gaussian, "1|g_sigma") ** 2 + residual
    assert frame.loc["variance, row 0", "median"] == pytest.approx(np.median(expected), rel=1e-9)
    assert gaussian.moments(new.drop(columns=["g", "h"])).frame.equals(
        gaussian.moments(new.assign(g="9", h="9")).frame
    )
    assert "over new groups of g, h" in gaussian.moments(new).estimand


def test_moments_of_counts_take_the_mean_of_one_over_alpha(counts, rows):
    new = rows.head(1)
    z, v = new["z"].iloc[0], flat(counts, "1|g_sigma") ** 2
    eta = flat(counts, "Intercept") + flat(counts, "x") * new["x"].iloc[0]
    sds = flat(counts, "alpha_1|h_sigma"), flat(counts, "alpha_z|h_sigma")
    spread = sds[0] ** 2 + z**2 * sds[1] ** 2
    spread += 2 * z * sds[0] * sds[1] * flat(counts, "alpha_1+z|h_cor")
    one_over = np.exp(-flat(counts, "alpha_Intercept") - flat(counts, "alpha_z") * z + spread / 2)
    mean, square = np.exp(eta + v / 2), np.exp(2 * eta + 2 * v)
    expected = np.median(mean + square * (1 + one_over) - mean**2)
    frame = counts.moments(new).frame.set_index("")
    assert frame.loc["variance, row 0", "median"] == pytest.approx(expected, rel=1e-9)


def test_the_variance_partition_is_over_new_groups(gaussian, rows):
    log_sigma = flat(gaussian, "sigma_Intercept")[:, None]
    log_sigma = log_sigma + flat(gaussian, "sigma_z")[:, None] * rows["z"].to_numpy()
    spread = flat(gaussian, "sigma_1|h_sigma")[:, None]
    residual = np.exp(2 * log_sigma + 2 * spread**2).mean(axis=1)
    between = flat(gaussian, "1|g_sigma") ** 2
    frame = gaussian.variance().frame.set_index("quantity")["median"]
    (name,) = [name for name in frame.index if name.startswith("variance, residual")]
    assert frame[name] == pytest.approx(np.median(residual), rel=1e-9)
    for share in ("ICC, g", "VPC, g"):
        expected = np.median(between / (between + residual))
        assert frame[share] == pytest.approx(expected, rel=1e-9)
    at = gaussian.variance(at=rows[["x", "z"]]).frame.set_index("quantity")["median"]
    assert at["ICC, g"] == pytest.approx(frame["ICC, g"], rel=1e-9)


def test_groups_that_sigma_knows_too_are_left_out_with_both_effects(gaussian, rows):
    both = make_fit(bg.Model("y ~ x + (1 | g)", rows, sigma="~ z + (1 | g)"), draws=100)
    only = make_fit(bg.Model("y ~ x", rows, sigma="~ (1 | g)"), draws=100)
    fits = {"both": both, "only": only, "plain": gaussian}
    found = bg.compare(fits, unit="group", factor="g")
    assert "its effects integrated out" in repr(found.table)
    index = both.design.predictor.groups[0].index
    exact = group_log_density(both.posterior, "g", index, 6)
    given = both.posterior.log_density()
    summed = np.stack([given[:, index == g].sum(axis=1) for g in range(6)], axis=1)
    assert np.all(np.isfinite(exact))
    assert np.abs(exact - summed).max() > 0.1  # not given the effects, but over them
    assert np.all(np.isfinite(found.pointwise["only"].elpd))


def test_groups_of_sigma_within_those_left_out_are_refused(rows):
    nested = rows.assign(k=rows["g"] + rows["h"])
    inside = make_fit(bg.Model("y ~ x + (1 | g)", nested, sigma="~ (1 | k)"), draws=100)
    index = inside.design.predictor.groups[0].index
    with pytest.raises(SpecError, match="groups of 'k' lie within those of 'g'"):
        group_log_density(inside.posterior, "g", index, 6)


def test_crossed_effects_of_sigma_are_conditioned_on(gaussian):
    """Of a Gaussian the density of a group is multivariate normal, with each row's own sigma."""
    from scipy.stats import multivariate_normal

    index = gaussian.design.predictor.groups[0].index
    found = group_log_density(gaussian.posterior, "g", index, 6)
    posterior = gaussian.posterior
    mean = posterior.eta(effects=())[3, :10]
    sigma = np.exp(posterior.eta(parameter="sigma"))[3, :10]
    covariance = flat(gaussian, "1|g_sigma")[3] ** 2 + np.diag(sigma**2)
    expected = multivariate_normal.logpdf(gaussian.design.rows.y[:10], mean, covariance)
    assert found[3, 0] == pytest.approx(expected, abs=1e-6)


def test_unseen_groups_of_sigma_are_told_where_responses_are(gaussian, rows):
    new = rows.head(2).assign(h=["new", "newer"])
    assert "2 unseen groups" in gaussian.predict(new, kind="response").estimand
    assert "unseen" not in gaussian.predict(new).estimand


def test_responses_hang_on_columns_of_sigma_that_the_data_cannot_tell(rows):
    data = rows.assign(w=2 * rows["z"])
    fit = make_fit(bg.Model("y ~ x", data, sigma="~ z + w"), draws=100)
    new = data.head(2).assign(w=[2 * data["z"].iloc[0], 5.0])
    known = fit.predict(new, kind="response").frame["median"].notna()
    assert known.tolist() == [True, False]
    assert fit.predict(new).frame["median"].notna().all()
    with pytest.raises(DataError, match="cannot tell row 1 of newdata="):
        fit.moments(new)


def test_answers_of_the_sensitivity_tell_baselines_from_effects(counts, gaussian):
    for fit, name in ((counts, "alpha"), (gaussian, "sigma")):
        found = answers(fit.posterior, 0.95)
        effect = dict(zip(found.names, found.effects, strict=True))
        assert not effect[f"{name}: Intercept"]
        assert effect[f"{name}: z"]
    assert "ratio of alpha for those of alpha" in answers_scale(counts.design)
    assert "natural for" not in answers_scale(counts.design)
    truth = gaussian.recovery({"sigma_z": 0.4})
    assert truth.scale == "link (response), link (log) for sigma; standard deviations as they are"
