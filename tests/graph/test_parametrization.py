"""Centred or non-centred: the user's word, else the signal in the data, in closed form."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from seeds import generator

from bayesglmm.design import make_design
from bayesglmm.graph.parametrization import (
    CLEAR_SIGNAL,
    choose_parametrizations,
    signal,
    working_residuals,
)
from bayesglmm.spec import specify

GROUPS, EACH = 8, 40
G = np.repeat(np.arange(GROUPS), EACH)


def gaussian(step):
    """Balanced groups whose means are so many residual standard deviations apart."""
    noise = generator(8).normal(size=G.size)
    return pd.DataFrame({"y": step * G + noise, "g": G, "h": G % 2, "x": noise**2})


@pytest.mark.parametrize(
    ("wish", "forms"),
    [
        (True, {"1|g": True, "1|h": True}),
        (False, {"1|g": False, "1|h": False}),
        ({"g": True, "h": False}, {"1|g": True, "1|h": False}),
        ({"g": False, "h": True}, {"1|g": False, "1|h": True}),
    ],
)
def test_the_users_word(wish, forms):
    design = make_design(specify("y ~ (1 | g) + (1 | h)", centered=wish), gaussian(1.0))
    chosen = choose_parametrizations(design)
    assert {name: form.centered for name, form in chosen.items()} == forms
    assert {form.reason for form in chosen.values()} == {"said by the user"}


@pytest.mark.parametrize(("step", "centered"), [(0.0, False), (0.02, False), (3.0, True)])
def test_the_data_decide_elsewhere(step, centered):
    design = make_design(specify("y ~ (1 | g)"), gaussian(step))
    form = choose_parametrizations(design)["1|g"]
    assert form.centered == centered
    assert ("at least" if centered else "below") in form.reason
    assert form.reason.endswith(f"{CLEAR_SIGNAL:g}")


def test_a_partial_wish_leaves_the_rest_to_the_data():
    design = make_design(specify("y ~ (1 | g) + (1 | h)", centered={"h": True}), gaussian(0.0))
    chosen = choose_parametrizations(design)
    assert chosen["1|h"].reason == "said by the user"
    assert not chosen["1|g"].centered


@pytest.mark.parametrize("step", [0.0, 0.1, 1.0])
def test_gaussian_signal_is_the_share_of_variance_between_groups(step):
    """Q is n times the between-group share of the sum of squares, which F gives too."""
    data = gaussian(step)
    design = make_design(specify("y ~ (1 | g)"), data)
    (group,) = design.predictor.groups
    (found,) = signal(group, *working_residuals(design))
    F = stats.f_oneway(*(rows["y"] for _, rows in data.groupby("g"))).statistic
    between, within = F * (GROUPS - 1), GROUPS * (EACH - 1)
    q = GROUPS * EACH * between / (between + within)
    assert found == pytest.approx(q / stats.chi2.ppf(0.975, GROUPS - 1), rel=1e-10)


@pytest.mark.parametrize("step", [0.0, 0.5])
def test_signal_against_the_groups_own_noise_is_the_f_statistic(step):
    data = gaussian(step)
    design = make_design(specify("y ~ (1 | g)"), data)
    (group,) = design.predictor.groups
    (found,) = signal(group, *working_residuals(design), own_noise=True)
    F = stats.f_oneway(*(rows["y"] for _, rows in data.groupby("g"))).statistic
    assert found == pytest.approx((GROUPS - 1) * F / stats.chi2.ppf(0.975, GROUPS - 1), rel=1e-9)


def test_few_rows_a_group_can_show_a_clear_signal():
    """Judged by the total variance, 8 groups of 2 rows could never pass."""
    data = pd.DataFrame({"y": [0.0, 0.1] * 8 + 9.0 * np.repeat(np.arange(8), 2)})
    data["g"] = np.repeat(np.arange(8), 2)
    form = choose_parametrizations(make_design(specify("y ~ (1 | g)"), data))["1|g"]
    assert form.centered


def test_poisson_signal_is_pearsons_chi_squared():
    """One row a group: Q is Pearson's statistic against one common rate."""
    count, births = np.array([3, 8, 1, 14, 5]), np.array([10.0, 20.0, 5.0, 12.0, 30.0])
    data = pd.DataFrame({"y": count, "t": births, "g": list("abcde")})
    design = make_design(specify("y ~ (1 | g)", family="poisson", exposure="t"), data)
    (group,) = design.predictor.groups
    (found,) = signal(group, *working_residuals(design))
    pearson = stats.chisquare(count, births * count.sum() / births.sum()).statistic
    # The weights use the crude rate, half an event above the plain one.
    q = pearson * count.sum() / (count.sum() + 0.5)
    assert found == pytest.approx(q / stats.chi2.ppf(0.975, 4), rel=1e-10)


def test_what_the_fixed_part_explains_is_no_signal():
    data = gaussian(3.0)
    plain = choose_parametrizations(make_design(specify("y ~ (1 | g)"), data))
    explained = data.assign(level=3.0 * G)
    with_it = choose_parametrizations(make_design(specify("y ~ level + (1 | g)"), explained))
    assert plain["1|g"].centered
    assert not with_it["1|g"].centered


def test_the_weakest_column_of_a_term_decides():
    design = make_design(specify("y ~ (1 + x | g)"), gaussian(3.0))
    assert not choose_parametrizations(design)["1+x|g"].centered
