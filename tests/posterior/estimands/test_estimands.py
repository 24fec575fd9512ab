"""Predictions, comparisons and slopes: closed forms, by hand, other packages, published numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, count_rows, joined, make_fit
from scipy import special, stats
from seeds import bound, generator, seed

import bayesglmm as bg

ESTIMATES = ["median", "lower", "upper"]
AT = [0.5, 0.025, 0.975]


def expect(frame: pd.DataFrame, draws: np.ndarray, rtol: float = 1e-10) -> None:
    """Median and interval of a frame are the quantiles of draws (S, lines)."""
    np.testing.assert_allclose(frame[ESTIMATES].T, np.quantile(draws, AT, axis=0), rtol=rtol)


@pytest.fixture(scope="module")
def counts() -> bg.Fit:
    return count_fit()


def count_parts(fit: bg.Fit, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Fixed part of eta and the variance of new groups, each (S, n), written out."""
    d = joined(fit)
    male, x = (rows["sex"] == "male").to_numpy()[:, None], rows["x"].to_numpy()[:, None]
    eta = d["Intercept"].to_numpy() + male * d["sex"].to_numpy() + x * d["x"].to_numpy()
    one, slope = d["1|site_sigma"].to_numpy(), d["x|site_sigma"].to_numpy()
    together = d["1+x|site_cor"].to_numpy()[0] * one * slope
    site = one**2 + 2 * x * together + x**2 * slope**2
    return eta.T, (site + d["1|year_sigma"].to_numpy() ** 2).T


def test_variance_of_new_groups(counts):
    _, variance = count_parts(counts, count_rows())
    found = counts.posterior.row_variance(counts.design.predictor.groups)
    np.testing.assert_allclose(found, variance, rtol=1e-12)


def test_poisson_lognormal_means_are_exact(counts):
    eta, variance = count_parts(counts, count_rows())
    table = counts.predictions(re="integrate")
    expect(table.frame, 1e5 * np.exp(eta + variance / 2))
    expect(counts.predictions().frame, 1e5 * np.exp(eta))
    assert "rate per 100,000 time" in table.estimand
    assert "marginal: integrated over new groups of site, year" in table.estimand
    assert "for each of the 96 rows of the data" in table.estimand


def test_averages_are_over_rows_within_each_draw(counts):
    rows = count_rows()
    eta, variance = count_parts(counts, rows)
    means = 1e5 * np.exp(eta + variance / 2)
    weight = rows["time"].to_numpy()
    every = counts.avg_predictions(re="integrate")
    expect(every.frame, (means @ weight / weight.sum())[:, None])
    assert every.estimand.endswith("averaged over the 96 rows of the data, weighted by time")
    by = counts.avg_predictions(re="integrate", by="sex")
    male = (rows["sex"] == "male").to_numpy()
    assert by.frame["sex"].tolist() == ["female", "male"]
    sides = [np.average(means[:, who], axis=1, weights=weight[who]) for who in (~male, male)]
    expect(by.frame, np.column_stack(sides))
    other = rows.assign(w=np.arange(96.0))
    weighted = counts.avg_predictions(other, re="integrate", weights="w")
    expect(weighted.frame, (means @ np.arange(96) / np.arange(96).sum())[:, None])
    assert weighted.estimand.endswith("weighted by w")
    alike = counts.avg_predictions(rows.drop(columns="time"), re="integrate")
    expect(alike.frame, means.mean(axis=1, keepdims=True))
    assert alike.estimand.endswith("rows counting alike: they have no column 'time'")


def test_an_average_does_not_hang_on_how_the_data_were_cut_into_rows():
    """A row of 8 days is two of 4, and one of 8 trials eight of one."""
    rows = pd.DataFrame({"y": [3, 1, 7], "n": [8, 2, 9], "x": [0.0, 1.0, 3.0]})
    sizes, known = rows["n"].to_numpy(), {"Intercept": -1.0, "x": 0.5}
    singles = rows.loc[rows.index.repeat(sizes)].assign(y=np.arange(19) % 2)
    cut = pd.concat([rows.assign(n=sizes / 2)] * 2, ignore_index=True)
    p = np.average(special.expit(-1 + 0.5 * rows["x"]), weights=sizes)
    cases = [
        (bg.Model("p(y, n) ~ x", rows, family="binomial"), p),
        (bg.Model("y ~ x", singles, family="bernoulli"), p),
    ]
    rate = np.average(np.exp(-1 + 0.5 * rows["x"]), weights=sizes)
    counts = {"family": "poisson", "exposure": "n"}
    cases += [(bg.Model("y ~ x", frame, **counts), rate) for frame in (rows, cut)]
    for model, expected in cases:
        fit = make_fit(model, known, noise=0)
        assert fit.avg_predictions().frame["median"].item() == pytest.approx(expected)
        moved = fit.avg_comparisons({"x": 1}).frame["median"].item()
        name = next(name for name in fit.ratios().frame if "difference" in name)
        assert fit.ratios().frame[name].iloc[1] == pytest.approx(moved)
    assert "weighted by n" in make_fit(cases[0][0], known).avg_predictions().estimand


def test_averages_and_rates_of_groups_weigh_rows_alike():
    """With one group the average rate is that of the group."""
    rows = pd.DataFrame({"y": [3, 1, 7, 2], "days": [8.0, 200, 9, 50], "x": [0.0, 1.0, 3.0, 2.0]})
    rows["g"] = ["a", "a", "b", "b"]
    model = bg.Model("y ~ x + (1 | g)", rows, family="poisson", exposure="days", per=10)
    known = {"Intercept": -2.0, "x": 0.3}
    fit = make_fit(model, known, {"1|g": {"a": 0.4, "b": -0.2}}, noise=0)
    by = fit.avg_predictions(by="g", re="observed").frame
    own = fit.group_rates("g", over="own").frame
    np.testing.assert_allclose(by["median"], own["rate"])
    whole = fit.group_rates("g").frame["rate"] / np.exp([0.4, -0.2])
    np.testing.assert_allclose(whole, fit.avg_predictions().frame["median"].item())


def test_ratios_are_of_averages_and_slopes_of_groups_count(counts):
    rows = count_rows()
    low, high = ([*count_parts(counts, rows.assign(x=rows["x"] + k))] for k in (0, 2))
    weight = rows["time"].to_numpy() / rows["time"].sum()
    means = [(np.exp(eta + v / 2) @ weight)[:, None] for eta, v in (low, high)]
    table = counts.avg_comparisons({"x": 2}, scale="ratio", re="integrate")
    expect(table.frame, means[1] / means[0])
    assert table.frame["comparison"].tolist() == ["x: +2"]
    assert table.scale == "rate ratio"
    assert "the averages are compared within each draw" in table.estimand
    assert any("two populations of new groups" in note for note in table.notes)
    difference = counts.avg_comparisons({"x": 2}, re="integrate")
    expect(difference.frame, 1e5 * (means[1] - means[0]))
    assert difference.scale == "difference in rate per 100,000 time"
    certainty = (means[1] > means[0]).mean()
    assert difference.frame["P(>0)"].item() == pytest.approx(certainty)


def test_own_groups_and_unseen_ones(counts):
    d = joined(counts)
    rows = count_rows()
    eta, _ = count_parts(counts, rows)
    site = {"site__factor_dim": rows["site"].tolist()}
    slope = d["x|site"].sel(site).to_numpy() * rows["x"].to_numpy()[:, None]
    year = {"year__factor_dim": rows["year"].astype(str).tolist()}
    own = eta.T + d["1|site"].sel(site).to_numpy() + slope + d["1|year"].sel(year).to_numpy()
    expect(counts.predictions(re="observed").frame, 1e5 * np.exp(own.T))
    table = counts.avg_predictions(re="observed")
    assert "averaged over the observed groups" in table.estimand
    new = counts.grid(sex=["female", "male"]).assign(site="unheard of", year=2050)
    unseen = counts.comparisons("sex", new, re="observed", scale="ratio")
    assert "2 unseen groups drawn from the population" in unseen.estimand
    # The same new group stands on both sides, so that it cancels in each draw.
    expect(unseen.frame, np.exp(np.repeat(d["sex"].to_numpy().T, 2, axis=1)))


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
@pytest.mark.parametrize("scale", ["difference", "ratio", "or"])
def test_probabilities_by_hand(link, scale):
    fit = binary_fit(noise=0.1, link=link)
    d = joined(fit)
    eta = np.column_stack([d["Intercept"], d["Intercept"] + d["trt"][0]])
    sd = d["1|ID_sigma"].to_numpy()
    nodes, weights = special.roots_hermitenorm(80)
    inverse = fit.design.spec.link.inverse
    scattered = inverse(eta[:, :, None] + sd[:, None, None] * nodes)
    low, high = (scattered @ weights / weights.sum()).T
    exact = {
        "difference": high - low,
        "ratio": high / low,
        "or": special.logit(high) - special.logit(low),
    }
    if scale == "or":
        exact["or"] = np.exp(exact["or"])
    table = fit.avg_comparisons("trt", scale=scale, re="integrate")
    expect(table.frame, exact[scale][:, None], rtol=1e-6)
    sign = "-" if scale == "difference" else "/"
    assert table.frame["comparison"].tolist() == [f"trt: active {sign} placebo"]
    if link == "probit":
        closed = stats.norm.cdf(eta / np.sqrt(1 + sd**2)[:, None])
        expect(fit.avg_predictions(by="trt", re="integrate").frame, closed)


def test_a_glm_beside_statsmodels():
    import statsmodels.formula.api as smf

    rng = generator(4)
    rows = pd.DataFrame({"x": rng.normal(1, 2, 150), "f": rng.choice(list("abc"), 150)})
    rows["y"] = rng.poisson(np.exp(0.3 + 0.2 * rows["x"]))
    theirs = smf.poisson("y ~ f * x", rows).fit(disp=0)
    names = {"f[T.b]": "f[b]", "f[T.c]": "f[c]", "f[T.b]:x": "f:x[b]", "f[T.c]:x": "f:x[c]"}
    fit = make_fit(
        bg.Model("y ~ f * x", rows, family="poisson"), dict(theirs.params.rename(names)), noise=0
    )

    def mean(**changed: object) -> np.ndarray:
        return theirs.predict(rows.assign(**changed)).to_numpy()

    np.testing.assert_allclose(fit.predictions().frame["median"], mean())
    by = fit.avg_predictions(by="f").frame
    np.testing.assert_allclose(by["median"], pd.Series(mean()).groupby(rows["f"]).mean())
    ratio = fit.avg_comparisons("f", scale="ratio").frame
    expected = [mean(f=level).mean() / mean(f="a").mean() for level in "bc"]
    np.testing.assert_allclose(ratio["median"], expected)
    pairs = fit.avg_comparisons({"f": "pairwise"})
    assert pairs.frame["comparison"].tolist() == ["f: b - a", "f: c - a", "f: c - b"]
    expected = [mean(f=b).mean() - mean(f=a).mean() for a, b in ("ab", "ac", "bc")]
    np.testing.assert_allclose(pairs.frame["median"], expected)
    slope = fit.avg_slopes("x").frame["median"].item()
    step = (mean(x=rows["x"] + 1e-5) - mean(x=rows["x"] - 1e-5)).mean() / 2e-5
    assert slope == pytest.approx(step, rel=1e-7)


def test_predicted_probabilities_of_the_crossover_as_published():
    wide = {"Intercept": bg.Prior("Normal", sigma=50), "slopes": bg.Prior("Normal", sigma=50)}
    rows = bg.datasets.load("crossover")
    model = bg.Model("outcome ~ trt * period", rows, family="bernoulli", priors=wide)
    fit = model.fit(seed=seed(1), progress=False)
    published = {(1, 0): 0.394, (0, 1): 0.333, (0, 0): 0.176, (1, 1): 0.353}
    found = fit.predictions(fit.grid(trt=[0, 1], period=[0, 1])).frame.set_index(["trt", "period"])
    for cell, value in published.items():
        spread = (found["upper"] - found["lower"])[cell] / (2 * 1.96)
        # As in test_published_fits: a bias of 0.15 posterior sds and Monte Carlo error.
        error = bound(4, scatter=0.15) * found["mcse_median"][cell]
        allowed = 0.15 * spread + error + 0.0005
        assert abs(found["median"][cell] - value) < allowed


def test_slopes_in_closed_form(counts):
    d = joined(counts)
    rows = count_rows()
    x = rows["x"].to_numpy()[:, None]
    eta, variance = (part.T for part in count_parts(counts, rows))
    beta = d["x"].to_numpy()
    expect(counts.slopes("x").frame, (1e5 * beta * np.exp(eta)).T, rtol=1e-7)
    # The slope of site makes the variance of a new group depend on x.
    one, slope = d["1|site_sigma"].to_numpy(), d["x|site_sigma"].to_numpy()
    change = beta + d["1+x|site_cor"].to_numpy()[0] * one * slope + x * slope**2
    exact = 1e5 * change * np.exp(eta + variance / 2)
    expect(counts.slopes("x", re="integrate").frame, exact.T, rtol=1e-7)
    averaged = counts.avg_slopes("x", re="integrate", by="sex").frame
    male = (rows["sex"] == "male").to_numpy()
    time = rows["time"].to_numpy()
    sides = [np.average(exact[who], axis=0, weights=time[who]) for who in (~male, male)]
    expect(averaged, np.stack(sides, axis=1), 1e-7)
    linear = counts.slopes("x", scale="link").frame
    np.testing.assert_allclose(linear["median"], np.median(beta), rtol=1e-7)


def test_slopes_go_through_transforms_and_interactions():
    rng = generator(3)
    rows = pd.DataFrame({"x": rng.uniform(1, 9, 60), "f": rng.choice(["a", "b"], 60)})
    rows["y"] = rng.integers(0, 2, 60)
    model = bg.Model("y ~ log(x) * f + I(x**2)", rows, family="bernoulli")
    known = {"log(x)": 0.7, "log(x):f[b]": -1.2, "I(x ** 2)": 0.01, "f[b]": 0.3}
    fit = make_fit(model, known, noise=0)
    is_b, x = (rows["f"] == "b").to_numpy(), rows["x"].to_numpy()
    p = special.expit(0.7 * np.log(x) + 0.01 * x**2 + is_b * (0.3 - 1.2 * np.log(x)))
    exact = p * (1 - p) * ((0.7 - 1.2 * is_b) / x + 0.02 * x)
    np.testing.assert_allclose(fit.slopes("x").frame["median"], exact, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("factor", [0.001, 7.0])
def test_exposure_in_other_units_divides_rates_and_changes_no_ratio(factor):
    rows = count_rows()
    other = rows.assign(time=rows["time"] * factor)
    known = {"Intercept": -6.0, "sex[male]": 0.4, "x": 0.1}
    options = {"family": "poisson", "exposure": "time", "per": 1000}
    formula = "events ~ sex + x + (1 | site)"
    first = make_fit(bg.Model(formula, rows, **options), known)
    moved = known | {"Intercept": -6.0 - np.log(factor)}
    second = make_fit(bg.Model(formula, other, **options), moved)
    for re in ("typical", "observed", "integrate"):
        a, b = (fit.avg_predictions(re=re).frame[ESTIMATES] for fit in (first, second))
        np.testing.assert_allclose(b, a / factor, rtol=1e-9)
        a, b = (
            fit.avg_comparisons("sex", scale="ratio", re=re).frame[ESTIMATES]
            for fit in (first, second)
        )
        np.testing.assert_allclose(b, a, rtol=1e-9)
    counted = first.avg_predictions(exposure=250.0)
    expected = first.avg_predictions().frame[ESTIMATES] * 0.25
    np.testing.assert_allclose(counted.frame[ESTIMATES], expected, rtol=1e-12)
    assert counted.scale == "expected count at 250 time"


def test_new_rows_of_proportions_need_no_trials():
    rng = generator(6)
    rows = pd.DataFrame({"n": 12, "x": rng.normal(size=60), "f": np.tile(["a", "b"], 30)})
    rows["y"] = rng.binomial(12, 0.4, 60)
    fit = make_fit(bg.Model("p(y, n) ~ x + f", rows, family="binomial"), draws=100)
    new = fit.grid(x=[0.0, 1.0])
    assert "n" not in new
    with_trials = fit.comparisons("f", new.assign(n=12)).frame
    without = fit.comparisons("f", new).frame
    np.testing.assert_array_equal(without[ESTIMATES], with_trials[ESTIMATES])
    assert len(fit.slopes("x", new).frame) == 2
