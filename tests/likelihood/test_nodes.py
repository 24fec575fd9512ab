"""Quadrature nodes: as many as suffice, and no more."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg
from bayesglmm.likelihood.nodes import FINE, FIRST, enough_nodes, has_quadrature, node_change


def crossover() -> bg.Model:
    rows = bg.datasets.load("crossover")
    return bg.Model("outcome ~ trt * period + (1 | ID)", rows, family="bernoulli")


def counts(effects: str) -> bg.Model:
    rng = np.random.default_rng(21)  # data of a known answer
    frame = pd.DataFrame({"x": rng.normal(size=200), "g": np.repeat(np.arange(20), 10)})
    eta = 1 + 0.3 * frame["x"] + 0.5 * rng.normal(size=20)[frame["g"]]
    rows = frame.assign(y=rng.poisson(np.exp(eta)), h=np.tile(np.arange(10), 20))
    return bg.Model(f"y ~ x + {effects}", rows, family="poisson")


def test_the_crossover_trial_needs_many_and_gets_them():
    model = crossover()
    found = enough_nodes(model.ml())
    assert found.quadrature == 72
    # 100 nodes: docs/likelihood.md; lme4 takes 100 at most.
    assert found.estimate("1|ID_sigma") == pytest.approx(4.91455, abs=0.002 * 1.91)
    assert found.loglik == pytest.approx(-67.5402, abs=0.001)


@pytest.mark.parametrize("effects", ["(1 | g)", "(1 + x || g)"])
def test_counts_need_few(effects):
    found = enough_nodes(counts(effects).ml())
    assert found.quadrature == FIRST
    assert node_change(found).within(FINE)


def test_a_change_foretells_where_more_nodes_lead():
    model = crossover()
    few, more = model.ml(quadrature=18), model.ml(quadrature=36)
    change = node_change(few)
    assert change.nodes == 36
    shift = more.estimates - few.estimates
    moved = np.sqrt(shift @ np.linalg.solve(few.covariance, shift))
    assert change.move == pytest.approx(moved, rel=0.2)  # a Newton step, first order


def test_at_the_most_nodes_fewer_are_looked_at():
    found = crossover().ml(quadrature=100)
    change = node_change(found)
    assert change.nodes == 66
    assert change.within(FINE)


def test_only_one_factor_of_few_effects_has_quadrature():
    assert has_quadrature(counts("(1 + x | g)").ml().problem)
    assert not has_quadrature(counts("(1 | g) + (1 | h)").ml().problem)
    assert not has_quadrature(counts("(1 + x + I(x**2) || g)").ml().problem)
