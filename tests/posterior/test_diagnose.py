"""The verdict: each check fails for its own reason, and for no other."""

from __future__ import annotations

import re

import arviz_stats
import numpy as np
import pytest
import xarray as xr
from posterior_maker import (
    autoregressive,
    count_fit,
    normal_fit,
    with_posterior,
    with_statistics,
)
from seeds import generator

from bayesglmm.design.parameters import model_parameters
from bayesglmm.engine.convergence import R_HAT, Convergence
from bayesglmm.engine.r_hat import ESS_PER_CHAIN
from bayesglmm.posterior import diagnose
from bayesglmm.posterior.diagnose import E_BFMI, _agreement, energy_information

DRAWS = 500


def failures(fit) -> dict[str, str]:
    """Name of each failed check to where it failed."""
    verdict = diagnose(fit.posterior)
    return {check.name: check.where for check in verdict.failures}


def shifted():
    fit = normal_fit()
    x = fit.draws.posterior["x"].to_numpy().copy()
    x[2] += 0.05  # half a standard deviation
    return with_posterior(fit, {"x": x})


def sticky():
    x = autoregressive(generator(3), DRAWS, 0.95)
    return with_posterior(normal_fit(), {"x": x - x.mean(axis=1, keepdims=True)})


def flags(*places):
    found = np.zeros((4, DRAWS), dtype=bool)
    for place in places:
        found[place] = True
    return found


def slow_energy():
    energy = autoregressive(generator(4), DRAWS, 0.0)
    energy[3] = autoregressive(generator(5), DRAWS, 0.95)[3]
    return energy


def broken(value):
    x = normal_fit().draws.posterior["x"].to_numpy().copy()
    x[...] = value
    return x


# name: (fit, checks that must fail, where)
FITS = {
    "good": (normal_fit, {}),
    "good, with groups": (count_fit, {}),
    "divergence": (
        lambda: with_statistics(normal_fit(), diverging=flags((1, 7))),
        {"divergences": "chain 1"},
    ),
    "depth": (
        lambda: with_statistics(normal_fit(), reached_max_treedepth=flags((2, slice(0, 20)))),
        {"tree depth": "chain 2"},
    ),
    "depth seldom reached": (
        lambda: with_statistics(normal_fit(), reached_max_treedepth=flags((2, slice(0, 19)))),
        {},
    ),
    "energy": (lambda: with_statistics(normal_fit(), energy=slow_energy()), {"E-BFMI": "chain 3"}),
}


@pytest.mark.parametrize(("make", "expected"), FITS.values(), ids=FITS)
def test_each_failure_alone(make, expected):
    assert failures(make()) == expected


def test_a_shifted_chain():
    found = failures(shifted())
    assert found["R-hat"] == "x"
    assert set(found) <= {"R-hat", "bulk ESS"}


def test_sticky_chains():
    found = failures(sticky())
    assert found["bulk ESS"] == "x"
    assert "divergences" not in found
    assert "E-BFMI" not in found


def test_one_group_effect_among_many_is_found():
    fit = count_fit()
    effects = fit.draws.posterior["x|site"].to_numpy().copy()
    effects[0, :, 3] += 1
    assert failures(with_posterior(fit, {"x|site": effects}))["R-hat"] == "x|site[site D]"


@pytest.mark.parametrize(("r_hat", "passed"), [(1.0099, True), (1.0107, True), (1.05, False)])
def test_the_bound_of_a_group_effect_is_said_where_it_is_needed(r_hat, passed):
    quantities = model_parameters(count_fit().design)
    roles = [item.role for item in quantities for _ in item.labels]
    values = np.full((4, len(roles)), 1000.0)
    values[2] = 1.0
    values[2, roles.index("effect") + 1] = r_hat
    check = _agreement(Convergence(*values), quantities, 4)
    assert (check.value, check.passed) == (r_hat, passed)
    count = roles.count("effect")
    wider = rf"at most 1\.0[12]\d\d for one of {count} effects"
    assert re.fullmatch("at most 1.01" if r_hat <= R_HAT else wider, check.bound)
    values[2, 0] = 1.0101  # the intercept has the bound of a single quantity
    check = _agreement(Convergence(*values), quantities, 4)
    assert not check.passed
    assert check.where == "Intercept" if passed else "x|site[site B]"


@pytest.mark.parametrize("value", [np.nan, 1.0], ids=["not a number", "never moved"])
def test_what_cannot_be_judged_fails(value):
    found = failures(with_posterior(normal_fit(), {"x": broken(value)}))
    assert found["R-hat"] == "x"


def test_energy_that_never_changes_fails():
    stuck = with_statistics(normal_fit(), energy=np.ones((4, DRAWS)))
    assert failures(stuck) == {"E-BFMI": "chain 0"}


def test_bounds_are_the_published_ones():
    assert (R_HAT, ESS_PER_CHAIN, E_BFMI) == (1.01, 100, 0.3)
    verdict = diagnose(normal_fit().posterior)
    bounds = {check.name: check.bound for check in verdict.checks}
    assert bounds == {
        "R-hat": "at most 1.01",
        "bulk ESS": "at least 400",
        "tail ESS": "at least 400",
        "divergences": "none",
        "tree depth": "below 1 % of draws at 10",
        "E-BFMI": "at least 0.3",
    }


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.97])
def test_energy_information_agrees_with_arviz(correlation):
    energy = autoregressive(generator(6), DRAWS, correlation)
    stats = xr.Dataset({"energy": (("chain", "draw"), energy)})
    trace = xr.DataTree.from_dict({"sample_stats": stats})
    theirs = np.asarray(arviz_stats.bfmi(trace)["energy"])
    np.testing.assert_allclose(energy_information(energy), theirs, rtol=0.005)
    # Expected: twice one less the correlation of neighbours. Estimates of 500 draws scatter by 8 %;
    # of chains that hardly move by 40 % and more, upwards, and stay far from 2.
    expected = 2 * (1 - correlation)
    if correlation < 0.9:
        np.testing.assert_allclose(energy_information(energy), expected, rtol=0.5)
    else:
        assert np.all((energy_information(energy) > 0) & (energy_information(energy) < 0.6))


def test_worst_values_are_reported():
    verdict = diagnose(sticky().posterior)
    dataset = xr.Dataset({"x": sticky().draws.posterior["x"]})
    values = {check.name: check.value for check in verdict.checks}
    assert values["bulk ESS"] == pytest.approx(float(arviz_stats.ess(dataset)["x"]))
    assert values["R-hat"] == pytest.approx(float(arviz_stats.rhat(dataset)["x"]))


def test_sentences_and_table():
    good = diagnose(normal_fit().posterior)
    assert good.passed
    assert good.sentence() == "The fit converged: all 6 checks passed."
    assert set(good.table().frame["result"]) == {"pass"}
    bad_fit = with_statistics(normal_fit(), diverging=flags((1, 7), (1, 9)))
    bad = diagnose(bad_fit.posterior)
    assert not bad.passed
    assert "has NOT converged: divergences failed" in bad.sentence()
    row = bad.table().formatted().set_index("check").loc["divergences"]
    assert (row["value"], row["result"], row["worst"]) == ("2", "FAIL", "chain 1")
    assert "target_accept" in row["what to do"]
    assert "raise target_accept" in repr(bad)
    assert "FAIL" in bad._repr_html_()
