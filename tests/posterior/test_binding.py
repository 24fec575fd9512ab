"""What is asked of a posterior is a method of a fit, with the words of the function."""

from __future__ import annotations

import inspect
import pickle
import pydoc
from dataclasses import replace

import numpy as np
import pytest
from posterior_maker import count_fit, normal_fit, with_posterior

import bayesglmm as bg
from bayesglmm import posterior
from bayesglmm.posterior.binding import without_posterior
from bayesglmm.posterior.population.strata import strata
from bayesglmm.posterior.summary import summary
from bayesglmm.posterior.variance import variance

ASKED = {
    **{name: getattr(posterior, name) for name in posterior.__all__ if hasattr(bg.Fit, name)},
    "table": summary,
    "variance": variance,
    "strata": strata,
}
NOT_OF_A_POSTERIOR = {"grid": "of the design", "diagnose": "kept, as `verdict`"}


@pytest.mark.parametrize("name", sorted({*ASKED} - {*NOT_OF_A_POSTERIOR}))
def test_a_method_is_the_function_with_the_fit_in_place_of_its_posterior(name):
    method, function = getattr(bg.Fit, name), ASKED[name]
    (first, *options), (_, *wanted) = (
        inspect.signature(call).parameters.values() for call in (method, function)
    )
    assert (first.name, first.annotation) == ("self", inspect.Parameter.empty)
    assert options == wanted
    assert inspect.signature(method).return_annotation in ("Table", "Summary")
    said = pydoc.render_doc(method, renderer=pydoc.plaintext)
    assert inspect.getdoc(function).splitlines()[0] in said
    assert "posterior : Posterior" not in said
    for option in options:
        assert option.name.strip("*") in said


def test_a_docstring_without_its_posterior_keeps_the_rest():
    head = "Ask.\n\nParameters\n----------\n"
    text = f"{head}posterior : Posterior\n    Of two\n    lines.\nmass : float\n"
    assert without_posterior(text) == f"{head}mass : float\n"
    alone = "Ask.\n\nParameters\n----------\nposterior : Posterior\n\nReturns\n-------\nTable\n"
    assert without_posterior(alone) == "Ask.\n\nReturns\n-------\nTable\n"


def test_a_method_asks_the_fit_s_posterior():
    fit = count_fit()
    assert fit.ratios(0.8).frame.equals(posterior.ratios(fit.posterior, 0.8).frame)
    assert fit.posterior is fit.posterior
    assert fit.posterior.design is fit.design
    assert pickle.loads(pickle.dumps(fit.fixef))().frame.equals(fit.fixef().frame)


def test_every_answer_of_a_failed_fit_begins_with_the_verdict():
    fit = normal_fit()
    x = fit.draws.posterior["x"].to_numpy().copy()
    x[0] += 1
    bad = with_posterior(fit, {"x": x})
    said = bad.verdict.sentence()
    assert bad.ratios().notes == (said, *posterior.ratios(bad.posterior).notes)
    assert bad.table().heading == said
    assert fit.table().heading == ""
    assert not [note for note in fit.ratios().notes if "converged" in note]


def test_a_fit_with_other_draws_has_another_posterior():
    fit = count_fit()
    before = fit.posterior.mean()
    moved = replace(fit, draws=fit.posterior.thin(40).draws)
    assert moved.posterior.size == 40
    np.testing.assert_array_equal(moved.posterior.mean(), before[::50])
