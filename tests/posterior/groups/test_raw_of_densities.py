"""Raw effects maximise the likelihood of a group's own rows, also where the mean says not all."""

from __future__ import annotations

import numpy as np
import pandas as pd
from posterior_maker import make_fit
from scipy import optimize, stats
from seeds import generator

import bayesglmm as bg


def test_raw_effects_of_student_t_are_the_maximum() -> None:
    rng = generator(31)
    group = np.repeat(["a", "b", "c"], 15)
    y = 2.0 + rng.standard_t(3, size=45)
    model = bg.Model("y ~ 1 + (1 | g)", pd.DataFrame({"y": y, "g": group}), family="student_t")
    fit = make_fit(model, {"Intercept": 2.0, "sigma": 1.2, "nu": 3.0}, noise=0.0)
    raw = fit.ranef("g").frame.set_index("level")["raw"]
    for name in ("a", "b", "c"):
        own = y[group == name]
        best = optimize.minimize_scalar(
            lambda b, own=own: -stats.t.logpdf(own, 3.0, 2.0 + b, 1.2).sum(), bounds=(-4, 4)
        )
        assert abs(raw[name] - best.x) < 1e-3
        assert abs(raw[name] - (own.mean() - 2.0)) > 1e-4
