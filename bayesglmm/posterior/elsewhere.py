"""What other packages call our answers, and what to write here."""

from __future__ import annotations

from collections.abc import Iterable

from bayesglmm.errors import nearest

_FIXED = "Write fit.fixef() for coefficients on the link scale, fit.ratios() for ratios."
_GROUPS = "Write fit.ranef('g') for the effects of the groups of g, fit.group_rates('g') for means."
_INTERVALS = "Write fit.intervals(mass=0.95): credible intervals."
_DRAWS = "Write fit.idata, an ArviZ DataTree; every table has its own .draws."
_LIKELIHOOD = "It is a word of maximum likelihood: fit.ml()"
_COMPARED = "Write bg.compare({'one': fit, 'other': other})."
_NO_P = "A posterior has no tests: see P(>0) in the tables, or rope= of bg.hypotheses()."

ELSEWHERE = {
    **dict.fromkeys(("params", "coef_", "coefficients", "fixed_effects", "fe_params"), _FIXED),
    **dict.fromkeys(("random_effects", "VarCorr", "varcorr", "coef_groups"), _GROUPS),
    **dict.fromkeys(("conf_int", "confint", "posterior_interval", "credint", "hdi"), _INTERVALS),
    **dict.fromkeys(("cov_params", "cov"), "Write fit.vcov()."),
    **dict.fromkeys(("as_draws", "as_draws_df", "trace", "samples", "posterior_draws"), _DRAWS),
    **dict.fromkeys(("bse", "se", "std_errors"), "Write fit.fixef(): its column sd."),
    **dict.fromkeys(("pvalues", "p_values", "pvalue", "tvalues"), _NO_P),
    **dict.fromkeys(("waic", "loo_compare", "reloo"), _COMPARED),
    **dict.fromkeys(("llf", "loglik", "logLik"), f"{_LIKELIHOOD}.log_likelihood."),
    **dict.fromkeys(("aic", "bic", "AIC", "BIC"), f"{_LIKELIHOOD}.criteria()."),
    **dict.fromkeys(("marginal_effects", "get_margeff", "margins"), "Write fit.avg_slopes('x')."),
    **dict.fromkeys(("emmeans", "marginal_means", "lsmeans"), "Write fit.avg_predictions(by='f')."),
    **dict.fromkeys(("contrasts", "pairs"), "Write fit.avg_comparisons({'f': 'pairwise'})."),
    **dict.fromkeys(("hypothesis", "hypotheses", "t_test"), "Write bg.hypotheses(table, ...)."),
    **dict.fromkeys(("posterior_predict", "simulate"), "Write fit.predict(kind='response')."),
    **dict.fromkeys(("posterior_epred", "fitted", "fittedvalues"), "Write fit.predict()."),
    **dict.fromkeys(
        ("posterior_linpred", "linear_predictors"), "Write fit.predict(kind='linear')."
    ),
    **dict.fromkeys(("pp_check", "plot_posterior_predictive"), "Write fit.checks()."),
    **dict.fromkeys(("icc", "r2", "rsquared"), "Write fit.variance()."),
    **dict.fromkeys(("tidy", "to_frame", "to_dataframe"), "Write fit.fixef().frame, say."),
    "refit": "Write model.refit(data), of the model.",
    "formula": "Write fit.design.spec.text.",
    "data": "Write fit.design.data.",
    "prior_summary": "Write model.prior_table(), of the model.",
}
"""Names that people try, to what to write."""


def no_such_attribute(name: str, known: Iterable[str]) -> AttributeError:
    """What to say of a name that a fit has not.

    Parameters
    ----------
    name : str
        As it was written.
    known : iterable of str
        Names that it has.

    Returns
    -------
    AttributeError
        Says what to write instead: by the name's meaning where it is known, else the nearest name.
    """
    said = f"A fit has no '{name}'."
    if name.startswith("_"):  # asked by a library, not by a reader
        return AttributeError(said)
    instead = ELSEWHERE.get(name) or nearest(name, [one for one in known if one[0] != "_"])
    return AttributeError(f"{said} {instead}")
