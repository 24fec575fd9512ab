"""Maximum likelihood of families beyond the first five, beside glmmTMB and ordinal, to 4 digits.

glmmTMB 1.1.5, ordinal 2022.11-16 and R 4.2.2. glmmTMB with `optCtrl = list(rel.tol = 1e-14)`. Each
call stands beside its numbers: log likelihood, and estimates with standard errors. Labels
are ours. Standard deviations of group effects and numbers of the family have no error there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg

DATA = Path(os.environ.get("BAYESGLMM_DATA", "nowhere"))


class Fit(NamedTuple):
    """A fit by another program.

    Attributes
    ----------
    call : str
        In R.
    model : callable
        Ours.
    loglik : float
    numbers : mapping
        Label to estimate and standard error.
    """

    call: str
    model: Callable[[], bg.Model]
    loglik: float
    numbers: dict[str, tuple[float, float | None]]


def webworms(family: str, right: str = "sY * lY + (1 | block)", positive: bool = False, **others):
    frame = pd.read_csv(DATA / "webworms.csv")
    frame["sY"], frame["lY"] = 1.0 * (frame.spray == "Y"), 1.0 * (frame.lead == "Y")
    frame = frame[frame["y"] > 0].reset_index(drop=True) if positive else frame
    return bg.Model(f"y ~ {right}", frame, family=family, **others)


def sleep(right: str, family: str, **others):
    frame = pd.read_csv(DATA / "sleepstudy.csv")
    return bg.Model(f"Reaction ~ {right}", frame, family=family, **others)


FITS = {
    "nbinom1": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w, family = nbinom1)",
        lambda: webworms("nbinom1"),
        -1500.186707054,
        {
            "Intercept": (0.271064265589, 0.1048243459280),
            "sY": (-0.978145064746, 0.1015475925622),
            "lY": (-0.476492412340, 0.0864157102134),
            "sY:lY": (0.254136528589, 0.1547931868072),
            "alpha": (0.307905804956, None),
            "sd(1|block)": (0.32162705724, None),
        },
    ),
    "nbinom1, alpha by spray": Fit(
        "glmmTMB(y ~ sY * lY + (1 | block), w, family = nbinom1, dispformula = ~ sY)",
        lambda: webworms("nbinom1", alpha="~ sY"),
        -1498.617364094,
        {
            "Intercept": (0.276650572861, 0.1051625785534),
            "sY": (-1.002230303464, 0.1010848397372),
            "lY": (-0.468854903373, 0.0886428292673),
            "sY:lY": (0.249546281680, 0.1538302458549),
            "alpha_Intercept": (-0.882880931308, 0.234160103369),
            "alpha_sY": (-0.787272935618, 0.489073411853),
            "sd(1|block)": (0.318883873389, None),
        },
    ),
    "gamma": Fit(
        'glmmTMB(Reaction ~ Days + (1 | Subject), sleepstudy, family = Gamma(link = "log"))',
        lambda: sleep("Days + (1 | Subject)", "gamma"),
        -883.5783366995,
        {
            "Intercept": (5.533944711347, 0.03227095644747),
            "Days": (0.033845092581, 0.00250645050309),
            "alpha": (np.exp(4.67349094077), None),
            "sd(1|Subject)": (0.124586582888, None),
        },
    ),
    "gamma, shape by day": Fit(
        'glmmTMB(Reaction ~ Days + (1 + Days | Subject), Gamma("log"), dispformula = ~ Days)',
        lambda: sleep("Days + (1 + Days | Subject)", "gamma", alpha="~ Days"),
        -864.0749589587,
        {
            "Intercept": (5.5333230241259, 0.02607822535961),
            "Days": (0.0336425397268, 0.00477492569826),
            "alpha_Intercept": (5.487093384619, 0.250115869975),
            "alpha_Days": (-0.093532202936, 0.047286619900),
            "sd(1|Subject)": (0.102736286806, None),
            "sd(Days|Subject)": (0.0182565866283, None),
            "cor(1, Days|Subject)": (-0.0783214652473, None),
        },
    ),
}


@pytest.mark.skipif(not DATA.is_dir(), reason="the data files are not here")
@pytest.mark.parametrize("name", FITS)
def test_it_is_that_of_another_program(name):
    fit = FITS[name]
    found = fit.model().ml()
    assert found.converged, found.verdict()
    assert found.loglik == pytest.approx(fit.loglik, abs=2e-6)
    for label, (estimate, error) in fit.numbers.items():
        scale = found.errors[found.place(label)]
        assert abs(found.estimate(label) - estimate) < 2e-3 * scale, label
        if error is not None:
            assert scale == pytest.approx(error, rel=2e-3), label
