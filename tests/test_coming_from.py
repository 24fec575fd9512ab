"""docs/coming-from.md: what it says to write is written, and what it says is absent is refused."""

from __future__ import annotations

import inspect
import pickle
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import arviz_base
import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import seed

import bayesglmm as bg
from bayesglmm.crosscheck import to_bambi
from bayesglmm.engine import Settings

PAGE = (Path(__file__).parents[1] / "docs" / "coming-from.md").read_text(encoding="utf-8")
ROWS = 120


@cache
def data() -> pd.DataFrame:
    rng = np.random.default_rng(1)  # whatever the values are
    return pd.DataFrame(
        {
            "g": np.repeat(list("abcdefghij"), 12),
            "a": np.repeat(list("uvwxy"), 24),
            "b": np.repeat(list("abcdefghij"), 12),
            "f": rng.choice(list("abc"), ROWS),
            "x": rng.normal(size=ROWS).round(2),
            "z": rng.uniform(1, 5, ROWS).round(2),
            "e": rng.uniform(10, 50, ROWS).round(1),
            "k": rng.integers(0, 6, ROWS),
            "n": 6,
            "yes": rng.integers(0, 2, ROWS),
            "y": rng.uniform(1, 9, ROWS).round(2),
        }
    )


def model(formula: str, family: str = "gaussian", **options: Any) -> bg.Model:
    return bg.Model(formula, options.pop("data", data()), family=family, **options)


def parameters(formula: str, family: str = "gaussian", **options: Any) -> list[str]:
    return list(model(formula, family, **options).prior_table().frame["parameter"])


def prior(parameter: str, key: str, formula: str = "y ~ x + (1 + x | g)") -> str:
    """How the prior of a parameter is printed where `priors=` has this key."""
    chosen = bg.Prior("LKJ", eta=7) if key == "cor" else bg.Prior("HalfNormal", sigma=7)
    if key in ("slopes", "x", "Intercept"):
        chosen = bg.Prior("Normal", mu=0, sigma=7)
    frame = model(formula, priors={key: chosen}).prior_table().frame
    return str(frame.set_index("parameter").loc[parameter, "prior"])


def refused(formula: str = "y ~ x", family: str = "gaussian", **options: Any) -> str:
    """What is said of a model that there is not."""
    with pytest.raises(bg.BayesglmmError) as caught:
        model(formula, family, **options)
    return str(caught.value)


@cache
def logistic() -> bg.Fit:
    return make_fit(small(), {"x": 0.5, "1|g_sigma": 0.8})


@cache
def small() -> bg.Model:
    return model("yes ~ x + f + (1 | g)", "bernoulli")


def alike(*formulas: str) -> bool:
    """Whether several formulas have the same columns."""
    first, *others = (model(formula).design.predictor.fixed for formula in formulas)
    return all(np.array_equal(first.values, other.values) for other in others)


def terms() -> bool:
    wanted = {
        "(1 | g)": ["sd(1|g)"],
        "(x | g)": ["sd(1|g)", "sd(x|g)", "cor(1+x|g)"],
        "(1 + x || g)": ["sd(1|g)", "sd(x|g)"],
        "(0 + x | g)": ["sd(x|g)"],
        "(1 | a/b)": ["sd(1|a)", "sd(1|a:b)"],
        "(1 | a:b)": ["sd(1|a:b)"],
    }
    return all(parameters(f"y ~ 1 + {term}")[1:-1] == sds for term, sds in wanted.items())


def fixed() -> bool:
    wanted = {
        "x * f": ("x", "f[b]", "f[c]", "x:f[b]", "x:f[c]"),
        "x:f": ("x:f[a]", "x:f[b]", "x:f[c]"),
        "x - 1": ("x",),
        "0 + f": ("f[a]", "f[b]", "f[c]"),
    }
    named = all(
        model(f"y ~ {term}").design.predictor.fixed.names == names for term, names in wanted.items()
    )
    return named and alike("y ~ I(x**2)", "y ~ I(x*x)") and bool(model("y ~ poly(x, 2) + log(z)"))


def typical_grid() -> bool:
    made = logistic().grid(x=[0, 1])
    common = data()["f"].value_counts().idxmax()
    return list(made["f"]) == [common, common] and len(logistic().predictions(made).frame) == 2


def new_groups() -> bool:
    """A new group's interval is that of the population; a typical group's has no such spread."""
    row = logistic().grid(x=[0])
    new = logistic().predict(row.assign(g="unseen")).frame.iloc[0]
    middle = logistic().predictions(row).frame.iloc[0]
    return bool(new["upper"] - new["lower"] > 3 * (middle["upper"] - middle["lower"]))


def exports() -> bool:
    summary = logistic().table()
    made = (summary.to_html(), summary.to_latex(), summary.to_markdown(), summary.to_csv())
    labels = set(logistic().variance().frame["quantity"])
    return all(made) and callable(summary.to_docx) and {"ICC, g", "R², marginal"} <= labels


def kinds(*names: Any) -> bool:
    return all(len(logistic().predict(kind=name).frame) == ROWS for name in names)


def truth_values() -> bool:
    flag = data()["f"] == "a"
    found = model("y ~ flag", data=data().assign(flag=flag)).design.predictor.fixed
    return found.names == ("flag",) and np.array_equal(found.values[:, 0], flag)


def names_of_others() -> bool:
    specs = (
        (bg.specify("k ~ x", family="nbinom2"), "negative_binomial", "log"),
        (bg.specify("k ~ x", family="negbinomial"), "negative_binomial", "log"),
        (bg.specify("y ~ x", family="normal"), "gaussian", "identity"),
        (bg.specify("p(k, n) ~ x", family="binomial(probit)"), "binomial", "probit"),
        (bg.specify("k ~ x", family="poisson(log)"), "poisson", "log"),
    )
    return all((one.family.name, one.link.name) == (name, link) for one, name, link in specs)


def is_pymc() -> bool:
    import pymc

    return isinstance(small().pymc, pymc.Model)


WRITTEN: dict[str, Callable[[], object]] = {
    "`(1 | g)`, `(x | g)`, `(1 + x || g)`, `(0 + x | g)`, `(1 | a/b)`, `(1 | a:b)`": terms,
    "brms `(1 |ID| g)`, in one formula or several: `bf(y ~ (1 |p| g), sigma ~ (1 |p| g))`": (
        lambda: (
            "cor(1+sigma: 1|g)" in parameters("y ~ (1 |p| g)", sigma="~ (1 |p| g)")
            and "is a column of the data" in refused("y ~ (1 |x| g)")
        )
    ),
    "`x * f`, `x:f`, `x - 1`, `0 + f`, `I(x**2)`, `log(x)`, `poly(x, 2)`": fixed,
    "`scale(x)`": lambda: (
        model("y ~ scale(x)").design.predictor.fixed.values.std() == pytest.approx(1)
    ),
    "`I(x^2)`, `(x + z)^2`": lambda: (
        alike("y ~ I(x^2)", "y ~ I(x**2)") and alike("y ~ (x + z)^2", "y ~ x + z + x:z")
    ),
    "`poly(x, 2, raw = TRUE)`, `TRUE`, `NULL`": lambda: (
        alike("y ~ poly(x, 2, raw=True)", "y ~ x + I(x**2)")
        and "Write True" in refused("y ~ poly(x, 2, raw = TRUE)")
        and "Write None" in refused("y ~ bs(x, df=4, knots=NULL)")
    ),
    "`cbind(y, n - y) ~`; brms `y | trials(n) ~`; bambi `p(y, n) ~`": lambda: (
        model("p(k, n) ~ x", "binomial").design.rows.trials is not None
        and "p(k, n)" in refused("cbind(k, n - k) ~ x", "binomial")
    ),
    "`offset(log(e))`; glmmTMB `offset = log(e)`; brms `y | rate(e) ~`": lambda: np.allclose(
        model("k ~ x + offset(log(e))", "poisson").ml().table().frame["estimate"],
        model("k ~ x", "poisson", exposure="e").ml().table().frame["estimate"],
    ),
    "`weights = w`, brms `y | weights(w) ~`, for rows that stand for several": lambda: (
        model("y ~ x", weights="n").design.n == data()["n"].sum()
    ),
    "an effect for each row: `df$row <- 1:n`, `(1 | row)`": lambda: (
        len(model("k ~ x + (1 | obs())", "poisson").design.groups[0].levels) == len(data())
    ),
    "brms `y | cens(c, y2) ~`, for masked counts": lambda: bg.specify(
        "suppressed(k, 1, 9) ~ x", family="poisson"
    ),
    'brms `y | cens(c) ~`, with c `"left"`, `"none"`, `"right"`': lambda: bg.specify(
        "censored(y, c) ~ x"
    ),
    "`Surv(time, event) ~`; brms `time | cens(1 - event) ~`": lambda: bg.specify(
        "censored(time, 'right', lost) ~ x"
    ),
    '`Surv(lower, upper, type = "interval2") ~`': lambda: bg.specify(
        "censored(y, lower, upper) ~ x"
    ),
    "brms `y | trunc(lb, ub) ~`; `truncreg`": lambda: bg.specify("truncated(y, lb, ub) ~ x"),
    "brms `y | se(s) ~`, `se(s, sigma = TRUE)`; metafor `rma(y, sei = s)`": lambda: (
        "sigma" not in parameters("y ~ x", se="n")
        and parameters("y ~ x", se="n", sigma="~ 1")[-1] == "sigma"
    ),
    "`svyglm`'s sampling weights": lambda: model("y ~ x", survey_weights="n").audit().warnings,
    '`factor(f)`, `relevel(f, ref = "b")`': lambda: (
        alike("y ~ f", "y ~ C(f)", "y ~ factor(f)")
        and model("y ~ f", reference={"f": "b"}).design.references == {"f": "b"}
    ),
    "a logical `flag`, printed as `flagTRUE`": truth_values,
    "`contr.sum`": lambda: (
        "difference from the mean of the levels" in repr(model("y ~ C(f, Sum)"))
        and list(make_fit(model("y ~ C(f, Sum)")).ratios().printed().iloc[1:, 0])
        == ["f[a]", "f[b]"]
    ),
    "`bs(x, df = 4)`; `ns(x, df = 4)`": lambda: (
        bool(model("y ~ bs(x, df = 4)")) and "Write bs(" in refused("y ~ ns(x, df = 4)")
    ),
    "`na.action = na.omit` (default in R)": lambda: bg.Model(
        "y ~ z", data().replace({"z": {data()["z"][7]: np.nan}}), missing="drop"
    ),
    "`lmer`, `gaussian()`": lambda: bg.specify("y ~ x").family.name == "gaussian",
    "`binomial()` on 0/1; brms, bambi `bernoulli`": small,
    '`binomial(link = "probit")`, `"cloglog"`': lambda: [
        (model("yes ~ x", "bernoulli", link=link), model("p(k, n) ~ x", "binomial", link=link))
        for link in ("probit", "cloglog")
    ],
    "`poisson()`": lambda: [
        bg.specify("k ~ x", family="poisson", link=link) for link in ("log", "identity", "sqrt")
    ],
    "`glmer.nb`, `nbinom2`, `neg_binomial_2`, `negbinomial`": lambda: (
        parameters("k ~ x", "negative_binomial")[-1] == "alpha"
    ),
    '`family="nbinom2"`, `"negbinomial"`, `"normal"`, `"binomial(probit)"`, `"poisson(log)"`': (
        names_of_others
    ),
    "glmmTMB `tweedie()`, mgcv `tw()`": lambda: (
        {"phi", "power"}
        <= {one.name for one in bg.specify("z ~ x", family="tweedie").family.others}
    ),
    "glmmTMB `ordbeta()`, R's ordbetareg": lambda: (
        {"cutzero", "gap"}
        <= {one.name for one in bg.specify("z ~ x", family="ordered_beta").family.others}
    ),
    "brms `zero_one_inflated_beta`": lambda: (
        {"zoi", "coi"}
        <= {one.name for one in bg.specify("z ~ x", family="zero_one_inflated_beta").family.others}
    ),
    "glmmTMB `nbinom1`": lambda: parameters("k ~ x", "nbinom1")[-1] == "alpha",
    "glmmTMB `dispformula = ~ x`; brms `bf(y ~ x, sigma ~ x)`, `shape ~ x`": lambda: (
        "sigma ~ x" in repr(model("y ~ x", sigma="~ x"))
        and "alpha ~ x" in repr(model("k ~ x", "negative_binomial", alpha="~ x"))
    ),
    "`glmer(formula, data, family)`": small,
    "brms `prior(normal(0, 1), class = b)`": lambda: "7" in prior("x", "slopes"),
    "brms `class = b, coef = x`": lambda: "7" in prior("x", "x"),
    "brms `class = sd, group = g`; `class = cor`": lambda: (
        "7" in prior("sd(x|g)", "g") and "7" in prior("cor(1+x|g)", "cor")
    ),
    "brms `class = Intercept`": lambda: "7" in prior("Intercept", "Intercept"),
    "brms `0 + Intercept + x`, `center = FALSE`": lambda: (
        model("y ~ x", priors={"Intercept": bg.AtZero(bg.Prior("Normal", sigma=7))})
        .priors["Intercept"]
        .reason.endswith("where all columns are 0")
    ),
    "brms `horseshoe()`, `R2D2()`": lambda: all(
        model("y ~ x", priors={"slopes": prior}).priors["x"].prior.joint
        for prior in (bg.Prior("Horseshoe", expected=3), bg.Prior("R2D2"))
    ),
    "`get_prior()`, `prior_summary()`": lambda: small().prior_table(),
    '`sample_prior = "only"`, `prior_PD = TRUE`': lambda: small().prior_predictive(),
    "`chains`, `iter`, `warmup`, `adapt_delta`": lambda: (
        set(Settings.__dataclass_fields__) >= {"chains", "draws", "tune", "target_accept", "ess"}
    ),
    "`update(fit, newdata = ...)`": lambda: signature_of(bg.Model.refit) >= {"data", "priors"},
    "`summary(fit)`, `print(fit)`": lambda: logistic().table(),
    "`sjPlot::tab_model(fit)`": exports,
    "`fixef()`; `exp(fixef())`": lambda: np.allclose(
        np.exp(logistic().fixef().frame["median"][1:]), logistic().ratios().frame["OR"][1:]
    ),
    "`ranef()`": lambda: len(logistic().ranef("g").frame) == 10,
    "`coef(fit)$g`": lambda: len(logistic().group_rates("g").frame) == 10,
    "`VarCorr()`": lambda: list(logistic().table().tables[2].printed().iloc[:, 0]) == ["sd(1|g)"],
    '`predict(type = "link")`, `type = "response"`': lambda: kinds("linear", "mean"),
    "`posterior_predict()`, `posterior_epred()`, `posterior_linpred()`": lambda: kinds(
        "response", "mean", "linear"
    ),
    "`re.form = NA`; `re_formula = NA`": lambda: (
        logistic().predictions().frame.equals(logistic().predictions(re="typical").frame)
    ),
    '`emmeans(fit, ~ trt, type = "response")`': typical_grid,
    "marginaleffects `avg_predictions(by=)`, `avg_comparisons`, `avg_slopes`, `datagrid`": lambda: [
        logistic().avg_predictions(by="f"),
        logistic().avg_comparisons("f"),
        logistic().avg_slopes("x"),
    ],
    "marginaleffects `hypothesis =`, `hypotheses()`; brms `hypothesis()`; `linearHypothesis()`": (
        lambda: np.allclose(
            logistic().fixef(hypothesis="x = 0").frame["median"],
            bg.hypotheses(logistic().fixef(), "x").frame["median"],
        )
    ),
    '`emmeans::contrast(method = "pairwise")`, `pairs()`': lambda: (
        len(logistic().avg_comparisons({"f": "pairwise"}, joint=True).frame)
        == len(logistic().avg_predictions(by="f", hypothesis="pairwise").frame)
        == 3
    ),
    "bayestestR `p_direction()`, `rope()`": lambda: (
        {"P(direction)", "P(ROPE)"} <= set(logistic().fixef(rope=(-0.1, 0.1)).frame)
    ),
    "marginaleffects `posterior_draws()`; tidybayes `add_epred_draws()`": lambda: (
        logistic().predictions().draws.dims == ("chain", "draw", "row")
    ),
    "`modelsummary()`; pyfixest `etable()`": lambda: (
        {"b", "se"} <= set(logistic().__maketables_coef_table__)
    ),
    "`vcov()`, `nobs()`": lambda: (
        len(logistic().vcov().frame) == len(logistic().fixef().frame) and logistic().nobs == ROWS
    ),
    "rstanarm `posterior_interval()`, `confint(fit)` of a posterior": lambda: (
        list(logistic().intervals(mass=0.9).frame[""])[-1] == "sd(1|g)"
    ),
    '`reloo()`, `loo(reloo = TRUE)`; `kfold(K = 10, group = "g")`; `loo_subsample()`': lambda: (
        {"k", "by"} <= signature_of(bg.Fit.kfold)
        and "refit" in signature_of(bg.Fit.loo)
        and logistic().loo_of_some(20)
    ),
    "`loo()`, `loo_compare()`": lambda: signature_of(bg.compare) >= {"fits", "unit"},
    "`pp_check()`; DHARMa's residuals": lambda: logistic().checks(),
    "`performance::icc()`, `r2()`, `MuMIn::r.squaredGLMM()`": lambda: logistic().variance(),
    "`priorsense::powerscale_sensitivity()`": lambda: logistic().sensitivity(),
    "`anova(small, large)`": lambda: bg.lrt(model("y ~ x").ml(), model("y ~ x + f").ml()),
    "`AIC`, `BIC`, `logLik`": lambda: (
        {"AIC", "BIC", "log likelihood"} <= set(model("y ~ x").ml().criteria().printed().iloc[:, 0])
    ),
    "`confint(fit)` (profile in lme4, Wald in glmmTMB)": lambda: (
        model("y ~ x").ml().profile(),
        model("y ~ x").ml().table(),
    ),
    "`glmer(nAGQ = 25)`": lambda: "25 nodes" in repr(small().ml(quadrature=25).table()),
    "`quasipoisson`": lambda: model("k ~ x", "poisson").ml().quasi(),
    "`simulate()`; designing a study": lambda: bg.simulate(
        bg.specify("y ~ x"), data(), {"Intercept": 1, "x": 1, "sigma": 1}, seed=seed(1)
    ),
    "`as_draws_df()`, `as.matrix(fit)`, bambi's `idata`": lambda: logistic().idata["posterior"],
    "`make_stancode()`": is_pymc,
    "`bmb.Model(...)` that is there already": lambda: bg.from_bambi(
        to_bambi(model("y ~ x"))
    ).prior_table(),
    "the way back: the model written there": lambda: [
        small().code(tool) for tool in ("brms", "glmmTMB", "lme4", "bambi", "pymc")
    ],
    "`saveRDS(fit)`, `readRDS()`": lambda: (
        pickle.loads(pickle.dumps(logistic())).ratios().frame.equals(logistic().ratios().frame)
    ),
    "`car::powerTransform()`": lambda: [model("log(z) ~ x"), model("sqrt(z) ~ x")],
}
"""What stands in the left column of a row, and what its right column says, tried."""

ABSENT = {
    "von Mises": ("y ~ x", {"family": "von_mises"}),
    "asymmetric Laplace": ("y ~ x", {"family": "asymmetric_laplace"}),
    "mixtures": ("y ~ x", {"family": "mixture"}),
    "`s(x)`": ("y ~ s(x)", {}),
    "Gaussian processes": ("y ~ gp(x)", {}),
    "CAR": ("y ~ car(g)", {}),
    "autoregressive": ("y ~ ar(x)", {}),
    "Several responses": ("mvbind(y, z) ~ x", {}),
    "`mi()`": ("y ~ mi(x)", {}),
    "`me()`": ("y ~ me(x, z)", {}),
    "`mo()`": ("y ~ mo(k)", {}),
    "multi-membership": ("y ~ x + (1 | mm(g, a))", {}),
}
"""What the page says is not there, and a model that asks for it."""


def signature_of(call: Callable[..., object]) -> set[str]:
    return set(inspect.signature(call).parameters)


def left_columns() -> list[str]:
    """First cells of all rows of the page's tables; an escaped bar is no end of a cell."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    cells = [re.split(r"(?<!\\)\|", line)[1].strip() for line in lines]
    return [cell.replace("\\|", "|") for cell in cells if cell != "there"]


def test_every_row_is_tried():
    """A new row of the page needs a line in `WRITTEN`."""
    assert set(left_columns()) == set(WRITTEN)


@pytest.mark.parametrize("row", WRITTEN)
def test_what_is_written_here(row: str):
    assert WRITTEN[row]() is not False


@pytest.mark.parametrize("thing", ABSENT)
def test_what_is_not_there(thing: str):
    formula, options = ABSENT[thing]
    absent = PAGE.partition("## What is not there")[2]
    assert thing in absent
    said = refused(formula, **{"family": "gaussian", **options})
    assert re.search(r"Write|There (is|are) no|Unknown|Known", said), said


def test_what_differs():
    assert "ArviZ 1.x 89 %" in re.sub(r"\s+", " ", PAGE)
    assert arviz_base.rcParams["stats.ci_prob"] == 0.89
    assert new_groups()
    ordered = data().assign(f=pd.Categorical(data()["f"], categories=list("cab"), ordered=True))
    assert bg.Model("y ~ f", ordered).design.predictor.fixed.names == ("f[a]", "f[b]")
    twice = model("y ~ x + z2", data=data().assign(z2=2 * data()["x"]))
    assert twice.audit().only("ALIAS")
