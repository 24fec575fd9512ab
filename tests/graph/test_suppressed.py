"""The graph of suppressed counts: its density, its draws, and data put in place of others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pymc as pm
import pytensor
import pytest
from pytensor.compile.mode import Mode
from seeds import seed

import bayesglmm as bg
from bayesglmm.families import Rows, find_family, find_link

DATA = pd.DataFrame({"y": [0.0, np.nan, 14, np.nan, 3, 25], "t": [1.0, 2, 3, 1, 2, 3]})


@pytest.mark.slow
@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_density_draws_and_replaced_data(family):
    model = bg.Model("suppressed(y, 1, 9) ~ 1", DATA, family=family, exposure="t")
    graph = model.pymc
    assert {"y_data", "upper_data"} <= {data.name for data in graph.data_vars}
    inputs = [graph.rvs_to_values[variable] for variable in graph.free_RVs]
    (terms,) = graph.logp(graph["y"], sum=False)
    density = pytensor.function(inputs, terms, mode=Mode(linker="py", optimizer=None))

    def check(y: list[int], upper: list[int]) -> None:
        rows = Rows(np.array(y, float), DATA["t"].to_numpy(), 1.0, np.array(upper, float))
        expected = find_family(family).log_density(
            find_link("log"), np.full(6, 1.3), rows, {"alpha": np.exp(0.4)}
        )
        found = density(1.3, *([0.4] if family == "negative_binomial" else []))
        np.testing.assert_allclose(np.ravel(found), expected, rtol=1e-12)

    check([0, 1, 14, 1, 3, 25], [0, 9, 14, 9, 3, 25])
    with graph:
        pm.set_data({"y_data": [1, 1, 2, 0, 1, 7], "upper_data": [9, 1, 2, 0, 9, 7]})
    check([1, 1, 2, 0, 1, 7], [9, 1, 2, 0, 9, 7])
    drawn = pm.draw(
        graph["y"], draws=50, random_seed=seed(1), mode=Mode(linker="py", optimizer=None)
    )
    assert np.isin(drawn, np.arange(2, 9)).any()  # counts, not bounds


def test_nothing_suppressed_is_the_plain_distribution():
    graph = bg.Model("suppressed(y, 1, 9) ~ 1", DATA.dropna(), family="poisson").pymc
    assert "upper_data" not in graph
    assert type(graph["y"].owner.op).__name__ == "PoissonRV"
