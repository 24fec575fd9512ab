"""Families whose likelihoods are not fused: each is sampled, and what made the data comes back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import mixed
from seeds import generator, seed
from twins import NUMBERS, OTHERS

import bayesglmm as bg
from bayesglmm.engine.likelihoods import LIKELIHOODS
from bayesglmm.families import Rows, find_family, find_link

FUSED = {likelihood.family for likelihood in LIKELIHOODS}
NAMES = [family.name for family in NUMBERS if family.name not in FUSED]
SLOPE, SPREAD = 0.4, 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_made_the_data_comes_back(name):
    family = find_family(name)
    rng, link = generator(11), find_link(family.links[0])
    place, x = np.repeat(np.arange(20), 20), rng.normal(size=400)
    eta = 0.5 + SLOPE * x + rng.normal(0, SPREAD, size=20)[place]
    trials = 12.0 if family.takes_trials else 1.0
    others = {item.name: OTHERS[item.name] for item in family.others}
    y = family.draw(rng, link, eta, Rows(None, trials=np.full(400, trials)), others)
    data = pd.DataFrame({"y": y, "x": x, "g": place, "n": trials})
    response = "p(y, n)" if family.takes_trials else "y"
    model = bg.Model(f"{response} ~ x + (1 | g)", data, family=name)
    fit = model.fit(seed=seed(1), progress=False)
    mixed(fit)
    known = {"x": SLOPE, "1|g_sigma": SPREAD} | others
    for quantity, truth in known.items():
        draws = fit.draws.flat(quantity)
        if quantity != "x" and truth > 0:
            draws, truth = np.log(draws), np.log(truth)
        assert abs(draws.mean() - truth) < 5 * draws.std(), quantity
