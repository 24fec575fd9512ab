"""Answers that walk rows hold a block of them at a time, however many rows and draws there are."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg

ANSWERS: dict[str, Callable[[bg.Fit], object]] = {
    "predict": lambda fit: fit.predict(kind="response"),
    "predictions": lambda fit: fit.predictions(re="integrate"),
    "predictions of alpha": lambda fit: fit.predictions(parameter="alpha"),
    "averages in many cells": lambda fit: fit.avg_predictions(by="x"),
    "avg_comparisons": lambda fit: fit.avg_comparisons("t", re="integrate"),
    "avg_slopes": lambda fit: fit.avg_slopes("x", re="observed"),
    "leave-one-out": lambda fit: bg.compare({"a": fit, "b": fit}),
    "checks": lambda fit: fit.checks(),
    "variance": lambda fit: fit.variance(),
    "poststratify": lambda fit: fit.poststratify(fit.design.data.assign(N=1), "g", weights="N"),
    "group_rates": lambda fit: fit.group_rates("g"),
    "ranef": lambda fit: fit.ranef("g"),
    "sensitivity": lambda fit: fit.sensitivity(),
}
QUICK = [name for name in ANSWERS if name not in ("leave-one-out", "checks")]


@cache
def many(rows: int, draws: int) -> bg.Fit:
    """Counts with an exposure, a group term, and a shape with a formula of its own."""
    rng = np.random.default_rng(1)  # any data
    data = pd.DataFrame({"x": rng.normal(size=rows), "n": rng.uniform(1, 9, rows)})
    data["t"] = np.tile(["a", "b"], rows // 2)
    data["g"], data["y"] = rng.integers(0, 50, rows), rng.poisson(data["n"])
    options = {"family": "negative_binomial", "alpha": "~ x", "exposure": "n"}
    model = bg.Model("y ~ x + t + (1 | g)", data, **options)
    return make_fit(model, {"1|g_sigma": 0.3}, noise=0.02, draws=draws // 4)


def peak(ask: Callable[[bg.Fit], object], fit: bg.Fit) -> float:
    """Most that an answer holds at a time, in megabytes."""
    ask(many(60, 400))  # everything is imported
    tracemalloc.start()
    try:
        ask(fit)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("answer", QUICK)
def test_a_block_of_rows_at_a_time(monkeypatch, answer):
    """One array of all draws and rows would take 16 MB, a block takes 0.2."""
    monkeypatch.setattr("bayesglmm.posterior.blocks.BLOCK", 25_000)
    assert peak(ANSWERS[answer], many(2000, 1000)) < 8


def test_only_the_groups_that_the_rows_name():
    """The effects of all 2,000 levels would take 8 MB, those of two 0.01."""
    data = pd.DataFrame({"g": np.arange(4000) // 2, "y": np.arange(4000) % 7})
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", data, family="poisson"), draws=125)
    new = pd.DataFrame({"g": [1200, 5, 9000]})
    fit.predict(new, kind="response")  # everything is imported
    tracemalloc.start()
    fit.predict(new, kind="response")
    highest = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert highest < 2
    draws = fit.draws.flat("1|g")
    (term,) = fit.posterior.apply(new).effects()
    np.testing.assert_array_equal(term.effects[:, term.index[:2], 0], draws[:, [1200, 5]])
    assert term.unseen == ("9000",)


@pytest.mark.slow
@pytest.mark.parametrize("answer", ANSWERS)
def test_twenty_thousand_rows_and_four_thousand_draws(answer):
    """One array of all draws and rows would take 640 MB, a block takes 16."""
    assert peak(ANSWERS[answer], many(20_000, 4000)) < 256
