"""Responses at the ends of a support are refused with what to write instead."""

import numpy as np
import pandas as pd
import pytest
from seeds import generator

import bayesglmm as bg
from bayesglmm.families import Rows, find_family, find_link

X = np.arange(6.0)


@pytest.mark.parametrize(
    ("family", "y", "said"),
    [
        ("gamma", [0.0, 1, 2, 3, 4, 0], "Write family='tweedie', where"),
        ("weibull", [0.0, 1, 2, 3, 4, 0], "must be numbers above 0 for the weibull family"),
        ("lognormal", [-1.0, 1, 2, 3, 4, 0], "but is -1 in row"),
        ("beta", [0.0, 0.1, 0.2, 0.3, 1, 0.2], "Otherwise write family='ordered_beta'"),
        ("beta", [0.5, 0.1, 0.2, 1.3, 0.9, 0.2], "but is 1.3 in row"),
        ("beta", [0.5, 10, 20, 30, 90, 20], "If these are percentages, divide them by 100."),
        ("ordered_beta", [0.0, 1, 0.2, 1.3, 0.9, 1], "must be numbers from 0 to 1 for the ordered"),
        ("ordered_beta", [0.0, 100, 20, 30, 90, 20], "If these are percentages, divide them by 10"),
        ("zero_one_inflated_beta", [0.0, -0.1, 0.2, 1, 0.9, 1], "but is -0.1 in row 1."),
        ("exponential", [np.inf, 0.1, 0.2, 1.3, 0.9, 0.2], "finite"),
        ("generalized_poisson", [0.5, 1, 2, 3, 4, 0], "whole numbers, 0 or more"),
    ],
)
def test_it_is_refused(family, y, said):
    with pytest.raises(bg.BayesglmmError) as caught:
        bg.Model("y ~ x", pd.DataFrame({"y": y, "x": X}), family=family)
    assert said in str(caught.value)


def test_amounts_below_0_are_not_told_of_zeros():
    with pytest.raises(bg.BayesglmmError) as caught:
        bg.Model("y ~ x", pd.DataFrame({"y": X - 2, "x": X}), family="gamma")
    assert "tweedie" not in str(caught.value)


@pytest.mark.parametrize("name", ["zero_truncated_poisson", "hurdle_poisson"])
@pytest.mark.parametrize("eta", [-300.0, -40.0, -20.0])
def test_counts_above_0_of_a_mean_near_0_are_1(name, eta):
    family = find_family(name)
    others = {"hu": np.array(0.5)} if name.startswith("hurdle") else {}
    where = np.full(50, eta)
    drawn = family.draw(generator(4), find_link("log"), where, Rows(y=None), others)
    assert set(drawn) <= {0.0, 1.0}
