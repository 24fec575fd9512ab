"""Models that other packages' documentation fits, each in our words.

A case is a model, not an example's code: what is on its left-hand and right-hand side, and the
distribution. Names of columns are ours where the package's are long. `formula` is empty where the
model cannot be said yet, and `lacks` says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """A model of another package's documentation.

    Attributes
    ----------
    where : str
        The page.
    what : str
        The model, in words.
    formula : str
        In our syntax; empty where it cannot be said.
    options : mapping
        Further arguments of `bayesglmm.Model`.
    lacks : str
        What is missing, where the formula is empty.
    """

    where: str
    what: str
    formula: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    lacks: str = ""


def _said(where: str, what: str, formula: str, **options: Any) -> Case:
    return Case(where, what, formula, options)


def _lacks(where: str, what: str, missing: str) -> Case:
    return Case(where, what, lacks=missing)


SMOOTHS = "smooths"
MULTIVARIATE = "several responses"
NON_LINEAR = "non-linear formulas"
KNOWN_COVARIANCE = "groups with a known covariance"
MISSING = "missing values that are modelled"
AUTOCORRELATION = "autocorrelation"
PROCESS = "Gaussian processes"

BAMBI: tuple[Case, ...] = (
    _said("getting_started", "a linear model", "y ~ x1 + x2"),
    _said("ESCS_multiple_regression", "several columns", "y ~ x1 + x2 + x3 + age + z"),
    _said("splines_cherry_blossoms", "a B-spline basis", "y ~ bs(x1, df=6)"),
    _said("multi-level_regression", "growth by animal", "y ~ 1 + time + (1 + time | subject)"),
    _said("sleepstudy", "growth by subject", "y ~ 1 + time + (1 + time | subject)"),
    _said("radon_example: pooled", "complete pooling", "y ~ 0 + arm"),
    _said("radon_example: unpooled", "no pooling", "y ~ 0 + site"),
    _said("radon_example: levels", "partial pooling", "y ~ x1 + z + (1 + x1 | site)"),
    _said(
        "Strack_RRR_re_analysis", "crossed", "y ~ arm + (1 | subject) + (arm | item) + (1 | site)"
    ),
    _said(
        "shooter_crossed_random_ANOVA",
        "crossed",
        "y ~ arm * sex + (arm * sex | subject) + (1 | item)",
    ),
    _said(
        "shooter: response",
        "binary",
        "died ~ arm * sex + (1 | subject) + (1 | item)",
        family="bernoulli",
    ),
    _said("t-test", "two groups", "y ~ arm"),
    _said("t_regression", "Student's t", "y ~ x1", family="student_t"),
    _said("predict_new_groups", "an intercept a group", "y ~ 1 + x1 + (1 | site)"),
    _said("polynomial_regression", "powers", "y ~ x1 + I(x1**2) + I(x1**3)"),
    _said("orthogonal_polynomial_reg", "orthogonal polynomials", "y ~ poly(x1, 4)"),
    _said("logistic_regression", "logistic", "died ~ arm + arm:age", family="bernoulli"),
    _said("model_comparison", "logistic", "died ~ x1 + x2 + I(x2**2)", family="bernoulli"),
    _said(
        "hierarchical_binomial",
        "batting averages",
        "p(hits, n) ~ 1 + (1 | subject)",
        family="binomial",
    ),
    _said("alternative_links_binary: logit", "dose", "p(hits, n) ~ x1", family="binomial"),
    _said(
        "alternative_links_binary: probit",
        "dose",
        "p(hits, n) ~ x1",
        family="binomial",
        link="probit",
    ),
    _said(
        "alternative_links_binary: cloglog",
        "dose",
        "p(hits, n) ~ x1",
        family="binomial",
        link="cloglog",
    ),
    _said(
        "wald_gamma_glm: wald", "claims", "cost ~ age + sex", family="inverse_gaussian", link="log"
    ),
    _said("wald_gamma_glm: gamma", "claims", "cost ~ age + sex", family="gamma", link="log"),
    _said("negative_binomial", "absences", "count ~ 0 + arm + time", family="negative_binomial"),
    _said(
        "count_roaches: Poisson",
        "roaches",
        "count ~ x1 + arm + z",
        exposure="exposure",
        family="poisson",
    ),
    _said(
        "count_roaches: NB",
        "roaches",
        "count ~ x1 + arm + z",
        exposure="exposure",
        family="negative_binomial",
    ),
    _said("beta_regression", "batting", "share ~ x1 + x2", family="beta"),
    _said("categorical_regression", "glass", "species ~ x1 + x2", family="categorical"),
    _lacks("circular_regression", "directions", "the von Mises family"),
    _lacks("quantile_regression", "quantiles", "the asymmetric Laplace family"),
    _said(
        "mister_p",
        "poll",
        "p(hits, n) ~ sex + (1 | site) + (1 | item) + (1 | sex:site)",
        family="binomial",
    ),
    _said("ordinal_regression: cumulative", "attitude", "rating ~ arm + x1", family="cumulative"),
    _said("ordinal_regression: sratio", "attrition", "rating ~ x1", family="sequential"),
    _said(
        "zero_inflated_regression: ZIP",
        "fish",
        "count ~ arm + z",
        family="zero_inflated_poisson",
        zi="~ arm + z",
    ),
    _said(
        "zero_inflated_regression: hurdle",
        "fish",
        "count ~ arm + z",
        family="hurdle_poisson",
        hu="~ arm + z",
    ),
    _said("distributional_models", "spread by column", "cost ~ x1", family="gamma", alpha="~ x1"),
    _said(
        "distributional_models: NB",
        "bikes",
        "count ~ 0 + bs(x1, df=6)",
        family="negative_binomial",
        alpha="~ 0 + bs(x1, df=6)",
    ),
    _lacks("hsgp_1d", "a function of a column", PROCESS),
    _lacks("hsgp_2d", "a function of two columns", PROCESS),
    _said(
        "survival_discrete_time",
        "hazard by time",
        "died ~ time + arm",
        family="bernoulli",
        link="cloglog",
    ),
    _said(
        "survival_continuous_time: exponential",
        "censored",
        "censored(cost, dead) ~ arm",
        family="exponential",
    ),
    _said(
        "survival_continuous_time: Weibull",
        "censored",
        "censored(cost, dead) ~ arm",
        family="weibull",
    ),
    _said(
        "plot_comparisons, plot_slopes",
        "fish",
        "count ~ arm * z + x1",
        family="zero_inflated_poisson",
    ),
    _said("plot_predictions", "an interaction", "y ~ x1 * arm"),
    _said("interpret_advanced_usage", "logistic", "died ~ x1 * arm + z", family="bernoulli"),
    _said("alternative_samplers", "a linear model", "y ~ x1"),
    _said("prior_sensitivity", "logistic", "died ~ x1", family="bernoulli"),
    _said("fixed_random", "common and group effects", "y ~ 0 + arm + (1 | site)"),
    _said(
        "horseshoe_prior",
        "many columns",
        "y ~ x1 + x2 + x3 + z + age",
        priors={"slopes": ("Horseshoe", {"expected": 2})},
    ),
    _lacks("golf_putting", "geometry", NON_LINEAR),
    _lacks("nonlinear_expressions", "growth", NON_LINEAR),
    _lacks("monotonic_effects", "monotone factors", "monotonic effects"),
    _lacks("mixture_cure", "cured or not", "mixtures"),
    _lacks("smooth_examples", "smooths", SMOOTHS),
)
"""Of bambi's example gallery (documentation of 0.21)."""

EPILEPSY = "count ~ x1 + x2 * arm + (1 | subject)"
KIDNEY = "censored(cost, dead) ~ age * sex + arm + (1 | subject)"

BRMS: tuple[Case, ...] = (
    _said("README: fit1", "seizures", EPILEPSY, family="poisson"),
    _said(
        "README: fit2",
        "an effect a row",
        "count ~ x1 + x2 * arm + (1 | subject) + (1 | obs())",
        family="poisson",
    ),
    _said("distreg: fit1", "unequal spread", "y ~ arm", sigma="~ arm"),
    _said("distreg: fit_zinb1", "fish", "count ~ time + x1 + arm", family="zero_inflated_poisson"),
    _said(
        "distreg: fit_zinb2",
        "fish, zeros modelled",
        "count ~ time + x1 + arm",
        family="zero_inflated_poisson",
        zi="~ x1",
    ),
    _lacks("distreg: fit_smooth1", "smooths in mean and spread", SMOOTHS),
    _lacks("missings: fit_imp1", "imputed data sets", MISSING),
    _lacks("missings: fit_imp2", "imputed while fitted", MISSING),
    _lacks("missings: fit_imp3", "measured with error", MISSING),
    _lacks("monotonic: fit1", "a monotone factor", "monotonic effects"),
    _said("monotonic: fit2", "a number", "y ~ x1"),
    _said("monotonic: fit3", "a factor", "y ~ arm"),
    _lacks("monotonic: fit5", "an interaction of one", "monotonic effects"),
    _lacks("monotonic: fit6", "by city", "monotonic effects"),
    _lacks("multivariate: fit1", "two responses", MULTIVARIATE),
    _lacks("multivariate: fit2", "own formulas", MULTIVARIATE),
    _lacks("multivariate: fit3", "own families", MULTIVARIATE),
    _lacks("nonlinear: fit1", "an exponential", NON_LINEAR),
    _said("nonlinear: fit2", "a line beside it", "y ~ x1"),
    _lacks("nonlinear: fit_loss", "claims", NON_LINEAR),
    _said("nonlinear: fit_ir1", "item response", "died ~ x1", family="bernoulli"),
    _lacks("nonlinear: fit_ir2", "known guessing", NON_LINEAR),
    _lacks("nonlinear: fit_ir3", "unknown guessing", NON_LINEAR),
    _lacks("phylogenetics: model_simple", "species", KNOWN_COVARIANCE),
    _lacks("phylogenetics: model_repeat", "species, repeated", KNOWN_COVARIANCE),
    _lacks("phylogenetics: model_fisher", "meta-analysis of species", KNOWN_COVARIANCE),
    _lacks("phylogenetics: model_pois", "counts of species", KNOWN_COVARIANCE),
    _said(
        "threading: model_poisson",
        "simulated counts",
        "count ~ 1 + x1 + x2 + (1 | site)",
        family="poisson",
    ),
    _said("customfamilies: fit1", "herds", "p(hits, n) ~ arm + (1 | site)", family="binomial"),
    _said(
        "customfamilies: fit2",
        "herds, beta-binomial",
        "p(hits, n) ~ arm + (1 | site)",
        family="beta_binomial",
    ),
    _said(
        "multilevel: fit_zinb2",
        "fish",
        "count ~ time + x1 + arm",
        family="zero_inflated_poisson",
        zi="~ x1",
    ),
    _lacks("multilevel: fit_rent1", "a surface", SMOOTHS),
    _lacks("multilevel: fit_loss2", "correlated", NON_LINEAR),
    _lacks("multilevel: fit_mm", "several memberships", "effects of several memberships"),
    _said("overview: kidney", "infections", KIDNEY, family="weibull"),
    _said(
        "overview: inhaler, sratio",
        "ordinal",
        "rating ~ arm + sex + age + (1 | subject)",
        family="sequential",
    ),
    _said(
        "overview: inhaler, cumulative",
        "ordinal",
        "rating ~ arm + sex + age + (1 | subject)",
        family="cumulative",
    ),
    _said(
        "brm: fit1",
        "seizures, own priors",
        "count ~ x1 * arm + (1 | subject)",
        family="poisson",
        priors={"slopes": ("Normal", {"mu": 0, "sigma": 10}), "sd": ("HalfCauchy", {"beta": 2})},
    ),
    _lacks("brm: fit2", "category-specific effects", "category-specific effects"),
    _said("brm: fit3", "log-normal, censored", KIDNEY, family="lognormal"),
    _said("brm: fit4", "probit", "p(hits, n) ~ x1", family="binomial", link="probit"),
    _said("brm: fit6", "spread by group", "y ~ arm", sigma="~ 0 + arm"),
    _lacks("brm: fit7", "a quantile", "the asymmetric Laplace family"),
    _said(
        "brmsfit: kidney", "censored", "censored(cost, dead) ~ age + sex + arm", family="weibull"
    ),
    _said(
        "fixef, ranef, coef: epilepsy",
        "slopes by visit",
        "count ~ x1 + x2 * arm + (1 + arm | site)",
        family="gaussian",
    ),
    _said("bayes_R2", "a linear model", "y ~ x1 + x2"),
    _said("bridge_sampler", "seizures", "count ~ x1 + x2 * arm", family="poisson"),
    _said(
        "brmsformula: zi and ID",
        "correlated across parameters",
        "count ~ x1 * z + (1 + x1 |ID1| site)",
        family="zero_inflated_poisson",
        zi="~ x1 + (1 |ID1| site)",
    ),
    _said(
        "brmsformula: disc",
        "discrimination",
        "rating ~ sex + item",
        family="cumulative",
        disc="~ item",
    ),
    _lacks("brmsformula: mixture", "finite mixtures", "mixtures"),
    _lacks("brmsformula: wiener", "diffusion", "the Wiener family"),
    _said("addition: se", "meta-analysis", "y ~ 1", se="s", sigma="~ 1"),
    _said("addition: trials", "binomial", "p(hits, n) ~ x1", family="binomial"),
    _said("addition: cens", "censored", KIDNEY, family="lognormal"),
    _said(
        "addition: trunc",
        "truncated counts",
        "truncated(count, 0, 104) ~ x1 * arm",
        family="poisson",
    ),
    _said(
        "hypothesis",
        "log-normal",
        "cost ~ age + sex + arm + (1 + age | subject)",
        family="lognormal",
    ),
    _said("kfold: Puromycin", "a linear model", "cost ~ x1 + arm"),
    _said("loo: inhaler", "a linear model of ranks", "y ~ arm + sex + age + (1 | subject)"),
    _lacks("gp", "a Gaussian process", PROCESS),
    _said("gr", "an intercept a patient", "count ~ arm + (1 | subject)", family="poisson"),
    _lacks("gr: by", "a spread for each arm", "an sd for each value of a factor"),
    _lacks("cs", "category-specific effects", "category-specific effects"),
    _lacks("me", "columns with error", MISSING),
    _lacks("ar, ma, arma, cosy", "series", AUTOCORRELATION),
    _lacks("unstr", "visits", AUTOCORRELATION),
    _lacks("sar, car", "neighbours", AUTOCORRELATION),
    _lacks("fcor", "a known residual covariance", KNOWN_COVARIANCE),
)
"""Of brms' help, README and vignettes (2.23; models that differ in nothing but data once)."""
