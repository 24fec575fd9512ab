"""Suppressed counts from formula to tables: what is kept, what is refused, and what it is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit, mixed
from scipy import optimize
from seeds import bound, generator, seed

import bayesglmm as bg
from bayesglmm.crosscheck import to_bambi
from bayesglmm.errors import DataError, FormulaError, SpecError
from bayesglmm.families import find_family
from bayesglmm.pictures.shrinkage import shrinkage_plot
from bayesglmm.posterior.checks.replicated import replicate, replicated_statistics
from bayesglmm.posterior.groups.raw import raw_effects
from bayesglmm.posterior.population.strata import raw_means
from bayesglmm.report.equations import equations
from bayesglmm.spec import parse_formula

SPEC = bg.specify(
    "suppressed(deaths, 1, 9) ~ region + (1 | year)",
    family="poisson",
    exposure="births",
    per=100_000,
)
TRUTH = {
    "Intercept": np.log(180e-5),
    "region[mid]": np.log(0.6),
    "region[rare]": np.log(0.3),
    "1|year_sigma": 0.2,
}


def make_rows(each: int = 90) -> pd.DataFrame:
    rng = generator(31)
    n = 3 * each
    return pd.DataFrame(
        {
            "region": np.repeat(["common", "mid", "rare"], each),
            "year": np.tile(np.arange(2015, 2025), n // 10),
            "births": np.round(rng.uniform(11_000, 18_000, n)),
        }
    )


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Published counts: those from 1 to 9 are missing."""
    return bg.simulate(SPEC, make_rows(), TRUTH, seed=seed(2)).data


@pytest.fixture(scope="module")
def fit(table: pd.DataFrame) -> bg.Fit:
    """Draws by hand near the truth."""
    return make_fit(bg.Model(SPEC, table), TRUTH, noise=0.03)


@pytest.mark.parametrize(
    ("response", "column", "lower", "upper"),
    [
        ("suppressed(y, 1, 9)", "y", 1, 9),
        ("suppressed( y,0,4 )", "y", 0, 4),
        ("suppressed(`the count`, 1, 1000)", "the count", 1, 1000),
        ("suppressed(y, 5, 5)", "y", 5, 5),
    ],
)
def test_what_is_suppressed(response, column, lower, upper):
    formula = parse_formula(f"{response} ~ x")
    found = formula.suppression
    assert (found.column, found.lower, found.upper) == (column, lower, upper)
    assert formula.response_name == column


def test_nothing_is_suppressed_unless_said():
    assert parse_formula("y ~ suppressed + x").suppression is None
    assert parse_formula("suppressed ~ x").suppression is None


@pytest.mark.parametrize(
    ("text", "caret", "message"),
    [
        ("suppressed(y) ~ x", 0, "the smallest and the largest masked count"),
        ("suppressed(y, 1) ~ x", 0, "the smallest and the largest masked count"),
        ("suppressed(y, 1, 9) + 1 ~ x", 0, "the smallest and the largest masked count"),
        ("suppressed(1, 1, 9) ~ x", 0, "takes a column of counts"),
        ("suppressed(log(y), 1, 9) ~ x", 0, "takes a column of counts"),
        ("suppressed(y, -1, 9) ~ x", 0, "takes a column of counts"),
        ("suppressed(y, 9, 1) ~ x", 14, "9 to 1 is no interval"),
        ("suppressed(y, 1, 1001) ~ x", 14, "at most 1,000 counts"),
        ("suppressed(y, 1, 9.5) ~ x", 17, "'9.5' is no count"),
        ("suppressed(y, a, 9) ~ x", 14, "'a' is no count"),
        ("log(suppressed(y, 1, 9)) ~ x", 4, "stands for the whole response"),
        ("y ~ suppressed(x, 1, 9)", 4, "stands for the whole response"),
        ("y ~ x + (suppressed (x, 1, 9) | g)", 9, "stands for the whole response"),
        ("supressed(y, 1, 9) ~ x", 0, "Did you mean 'suppressed'"),
    ],
)
def test_mistakes_are_shown_with_a_caret(text, caret, message):
    with pytest.raises(FormulaError, match=message) as caught:
        parse_formula(text)
    assert caught.value.position == caret


@pytest.mark.parametrize("family", ["gaussian", "bernoulli"])
def test_only_counts_are_suppressed(family):
    with pytest.raises(SpecError, match="Choose family='poisson', 'negative_binomial'"):
        bg.specify("suppressed(y, 1, 9) ~ x", family=family)


ROWS = pd.DataFrame(
    {
        "y": [0.0, 12, np.nan, 3, np.nan, 15],
        "x": [1.0, 2, 3, 4, np.nan, 6],
        "t": [5.0, 5, 5, 5, 5, 5],
    }
)


def test_a_missing_count_is_kept_and_a_missing_column_is_not():
    formula = "suppressed(y, 1, 9) ~ x"
    with pytest.raises(DataError, match=r"'x' has 1 missing value \(row 4\)"):
        bg.Model(formula, ROWS, family="poisson")
    design = bg.Model(formula, ROWS, family="poisson", missing="drop").design
    assert design.positions.tolist() == [0, 1, 2, 3, 5]
    assert design.rows.y.tolist() == [0, 12, 1, 3, 15]
    assert design.rows.upper.tolist() == [0, 12, 9, 3, 15]
    assert design.rows.known.tolist() == [True, True, False, True, True]
    assert design.flow.sentences() == [
        "6 rows read, 1 dropped, 5 used.",
        "'x' is missing in 1: row 4.",
        "'y' is suppressed in 1, which is kept as a count from 1 to 9: row 2.",
        "1 count is from 1 to 9 and yet not suppressed.",
    ]


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "float32"])
def test_missing_counts_of_any_kind_are_suppressed(dtype):
    data = ROWS.assign(y=ROWS["y"].astype(dtype), x=1.0 + np.arange(6))
    design = bg.Model("suppressed(y, 1, 9) ~ x", data, family="poisson").design
    assert (~design.rows.known).sum() == 2


def test_nothing_missing_is_an_ordinary_model():
    data = ROWS.assign(y=[0, 12, 4, 3, 2, 15], x=1.0)
    design = bg.Model("suppressed(y, 1, 9) ~ 1", data, family="poisson").design
    assert design.rows.upper is None
    assert "suppressed in 0" in design.flow.sentences()[1]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0.0, 12, np.nan, 3.5, np.nan, 15], "3.5 in row 3"),
        ([0.0, 12, np.nan, -3, np.nan, 15], "-3 in row 3"),
        (["0", "12", None, "3", None, "15"], "to_numeric"),
    ],
)
def test_what_is_known_must_be_counts(values, message):
    data = ROWS.assign(y=values, x=1.0)
    with pytest.raises(DataError, match=message):
        bg.Model("suppressed(y, 1, 9) ~ 1", data, family="poisson")


def test_a_refit_keeps_what_is_suppressed(table):
    model = bg.Model(SPEC, table)
    again = bg.Model(SPEC, model.design.data)
    np.testing.assert_array_equal(again.design.rows.upper, model.design.rows.upper)


def test_simulated_counts_are_masked_by_their_size(table):
    whole = bg.specify("deaths ~ region + (1 | year)", family="poisson", exposure="births")
    counts = bg.simulate(whole, make_rows(), TRUTH, seed=seed(2)).data["deaths"]
    masked = counts.between(1, 9)
    assert table["deaths"].isna().equals(masked)
    assert (table["deaths"] == counts)[~masked].all()


def test_the_trace_tells_bounds_from_observations(fit):
    rows, trace = fit.design.rows, fit.idata
    observed = trace["observed_data"]["deaths"].to_numpy()
    np.testing.assert_array_equal(np.isnan(observed), ~rows.known)
    np.testing.assert_array_equal(trace["constant_data"]["lower_data"], rows.y)
    np.testing.assert_array_equal(trace["constant_data"]["upper_data"], rows.upper)
    log_likelihood = trace["log_likelihood"]["deaths"].to_numpy()
    assert np.isfinite(log_likelihood).all()
    assert (log_likelihood <= 0).all()
    assert (trace["posterior_predictive"]["deaths"].to_numpy() >= 0).all()


def test_raw_effects_are_the_maximum_of_the_intervals_likelihood(fit):
    design, family = fit.design, find_family("poisson")
    group = design.predictor.groups[0]
    raw, information = raw_effects(fit.posterior, group)
    fixed = np.concatenate([fit.draws.flat("Intercept"), fit.draws.flat("region")], axis=1)
    rest = np.column_stack([np.ones(design.n), design.predictor.X]) @ fixed.mean(axis=0)
    for level in range(len(group.levels)):
        own = group.index == level
        rows, eta = design.rows.take(own), rest[own]

        def loss(effect, rows=rows, eta=eta):
            return -family.log_density(design.spec.link, eta + effect, rows, {}).sum()

        best = optimize.minimize_scalar(loss, bracket=(-0.5, 0.5), tol=1e-12)
        assert raw[level, 0] == pytest.approx(best.x, abs=2e-6)
    start = fit.draws.flat("1|year").mean(axis=0)[-1]
    step = 1e-3
    curvature = (loss(start + step) - 2 * loss(start) + loss(start - step)) / step**2
    assert information[-1, 0, 0] == pytest.approx(curvature, rel=1e-4)


def test_checks_compare_what_is_known(fit):
    """Suppressed counts and replicates of that size are alike: nothing is compared with a bound."""
    replicates = replicate(fit.posterior)
    statistics = replicated_statistics(replicates)
    assert not np.isin(replicates.drawn, [1, 2, 3, 4, 6, 7, 8, 9]).any()
    counts = np.where(fit.design.rows.known, fit.design.rows.y, 5.0)
    assert statistics["mean"][0] == counts.mean()
    for name in ("mean", "share of zeros", "maximum"):
        observed, replicated = statistics[name]
        assert replicated.min() <= observed <= replicated.max(), name


def test_a_raw_mean_is_not_made_up(fit):
    """A year or region with a suppressed count has no crude rate."""
    design = fit.design
    masked = np.bincount(design.predictor.groups[0].index, ~design.rows.known) > 0
    rates = fit.group_rates("year").frame
    np.testing.assert_array_equal(np.isnan(rates["raw"]), masked)
    means = raw_means(design, "region").frame.set_index("region")
    assert np.isnan(means.loc["rare", ["raw", "lower", "upper"]].astype(float)).all()


def test_the_audit_has_nothing_against_it(table):
    """What it proposes for suppressed counts was done."""
    codes = {finding.code for finding in bg.Model(SPEC, table).audit().findings}
    plain = bg.Model("deaths ~ region", table, family="poisson", missing="drop")
    asked = {finding.code for finding in plain.audit().findings}
    assert "SUPPRESSED" in asked
    assert "SUPPRESSED" not in codes


def test_words_and_tables(fit):
    first, second, *_ = equations(fit.design)
    assert first.plain == "deaths[i] ~ Poisson(births[i] · λ[i])"
    assert second.plain == "P(1 ≤ deaths[i] ≤ 9), where deaths is suppressed"
    assert "Raw effects take a suppressed count" in "\n".join(fit.ranef("year").notes)
    flow = fit.table().tables[0]
    masked = int((~fit.design.rows.known).sum())
    assert dict(flow.frame.to_numpy().tolist())["of these suppressed"] == masked


def test_bambi_cannot_say_it(fit):
    with pytest.raises(SpecError, match="bambi has no counts of which only bounds are known"):
        to_bambi(fit)


def test_a_report_is_written(fit, tmp_path):
    """Every section takes such a model, and the methods say what was kept."""
    page = fit.report(tmp_path / "report.html").read_text(encoding="utf-8")
    masked = int((~fit.design.rows.known).sum())
    assert f"is suppressed in {masked}, which are kept as counts from 1 to 9" in page
    assert "Where deaths is suppressed, all that is known is that it is from 1 to 9" in page
    assert "The response, deaths, was modelled by" in page
    assert page.count("P(1 ≤ deaths[i] ≤ 9), where deaths is suppressed") >= 2
    assert ">nan<" not in page
    assert "has a suppressed count, so none has a crude mean" in page


def test_a_picture_leaves_groups_without_a_crude_rate_out(fit):
    rates = fit.group_rates("year")
    raw = np.append(np.full(2, np.nan), np.linspace(100, 200, len(rates.frame) - 2))
    picture = shrinkage_plot(fit.design, replace(rates, frame=rates.frame.assign(raw=raw)), "year")
    assert " 2 without a crude rate" in picture.description


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_suppressed_counts_are_worth_keeping(family):
    """About 30 % masked: the truth is found; without these rows the rare region's rate is not."""
    options = {"family": family, "exposure": "births", "per": 100_000}
    kept = bg.specify(SPEC.formula.text, **options)
    dropped = bg.specify("deaths ~ region + (1 | year)", missing="drop", **options)
    truth = TRUTH | ({"alpha": 20.0} if family == "negative_binomial" else {})
    data = bg.simulate(kept, make_rows(each=450), truth, seed=seed(2)).data
    assert 0.1 < data["deaths"].isna().mean() < 0.6
    fits = {
        name: bg.Model(spec, data).fit(seed=seed(3), progress=False)
        for name, spec in {"kept": kept, "dropped": dropped}.items()
    }
    for fit in fits.values():
        mixed(fit)
        assert fit.engine.engine == "kernel"
    for label, value in truth.items():
        variable, bracket, _ = label.partition("[")
        values = fits["kept"].draws.flat(variable)[:, (label != "region[mid]") * bool(bracket)]
        scale = np.log if label in ("1|year_sigma", "alpha") else np.asarray
        assert abs(scale(values).mean() - scale(value)) < bound(5) * scale(values).std(), label
    rare = fits["dropped"].draws.flat("region")[:, -1]
    assert rare.mean() - TRUTH["region[rare]"] > bound() * rare.std()
