"""Fixtures that several tests share: each of them samples once in a run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.datasets import FOLDER_VARIABLE


@pytest.fixture(scope="session", autouse=True)
def no_second_opinion() -> Iterator[None]:
    """Reports do not ask bambi, which takes a process and seconds; its own tests do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bayesglmm.report.from_fit.ask_opinion", lambda *_: None)
        yield


@pytest.fixture(scope="session")
def data_folder() -> str:
    """The folder of the data files; tests that need it are left out where it is not named."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        pytest.skip(f"set {FOLDER_VARIABLE} to the folder of the data files")
    return folder


@pytest.fixture(scope="session")
def crossover_fit() -> bg.Fit:
    """The crossover trial with a half-normal(5) prior on the spread of the patients."""
    model = bg.Model(
        "outcome ~ trt * period + (1 | ID)",
        bg.datasets.load("crossover"),
        family="bernoulli",
        priors={
            "Intercept": bg.Prior("Normal", sigma=20),
            "slopes": bg.Prior("Normal", sigma=20),
            "ID": bg.Prior("HalfNormal", sigma=5),
        },
    )
    return model.fit(seed=seed(1), progress=False)


@pytest.fixture(scope="session")
def slopes_simulation() -> bg.Simulation:
    """Poisson counts in 40 groups with correlated intercepts and slopes, and an exposure."""
    rng = generator(20260101)
    rows = pd.DataFrame(
        {
            "x": rng.normal(size=800),
            "site": np.repeat([f"site {number:02d}" for number in range(40)], 20),
            "time": rng.uniform(0.5, 4, size=800),
        }
    )
    spec = bg.specify("events ~ x + (1 + x | site)", family="poisson", exposure="time")
    truth = {
        "Intercept": 0.4,
        "x": 0.3,
        "1|site_sigma": 0.6,
        "x|site_sigma": 0.4,
        "1+x|site_cor[1, x]": -0.5,
    }
    return bg.simulate(spec, rows, truth, seed=seed(3))


@pytest.fixture(scope="session")
def slopes_fit(slopes_simulation: bg.Simulation) -> bg.Fit:
    """The model that made `slopes_simulation`, fitted."""
    spec = bg.specify("events ~ x + (1 + x | site)", family="poisson", exposure="time")
    return bg.Model(spec, slopes_simulation.data).fit(seed=seed(2), progress=False)
