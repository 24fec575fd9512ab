"""Maximum likelihood of ordered categories beside R's ordinal 2022.11-16: the bitterness of wine.

Randall (1989); the mixed model is that of ordinal's vignette, ``clmm(rating ~ temp + contact +
(1 | judge), data = wine)``. Ours has the thresholds as minus the intercept and their distances.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg

RATINGS = "233444551213235423325544323232532343333332322454112223232223333412323244"
"""Of 9 judges, each of cold and warm, without and with contact of juice and skins, two bottles."""

CLMM = {"Intercept": 1.62366692, "temp[warm]": 3.06299663, "contact[yes]": 1.83488492}
CLMM |= {"gap_2": 3.13703210, "gap_3": 2.71516148, "gap_4": 1.86024604, "1|judge_sigma": 1.13113258}
CLM = {"Intercept": 1.34438341, "temp[warm]": 2.50310201, "contact[yes]": 1.52779766}
CLM |= {"gap_2": 2.59519221, "gap_3": 2.21607813, "gap_4": 1.53951726}
AGQ = {"Intercept": 1.62348745, "temp[warm]": 3.06189099, "contact[yes]": 1.83343337}
AGQ |= {"gap_2": 3.13628349, "gap_3": 2.71425742, "gap_4": 1.85909881, "1|judge_sigma": 1.1347833}
"""By ``clmm``, ``clm`` without judges, and ``clmm(..., nAGQ = 10)``."""


def wine() -> pd.DataFrame:
    place = np.arange(72) % 8
    return pd.DataFrame(
        {
            "rating": [int(sign) for sign in RATINGS],
            "temp": np.where(place < 4, "cold", "warm"),
            "contact": np.where(place // 2 % 2 == 0, "no", "yes"),
            "judge": np.arange(72) // 8 + 1,
        }
    )


def model(groups: str = " + (1 | judge)", **options: str) -> bg.Model:
    return bg.Model(f"rating ~ temp + contact{groups}", wine(), family="cumulative", **options)


def numbers(found: bg.MaximumLikelihood) -> dict[str, float]:
    frame = found.table().frame
    return dict(zip(frame[""], frame["estimate"], strict=True))


@pytest.mark.parametrize(
    ("groups", "options", "expected", "likelihood"),
    [
        ("", {}, CLM, -86.4919234),
        (" + (1 | judge)", {}, CLMM, -81.5654093),
        (" + (1 | judge)", {"quadrature": 10}, AGQ, -81.5324607),
    ],
)
def test_wine(groups, options, expected, likelihood):
    found = model(groups).ml(**options)
    assert found.loglik == pytest.approx(likelihood, abs=1e-5)
    own = numbers(found)
    assert {*own} == {*expected}
    for name, value in expected.items():
        assert own[name] == pytest.approx(value, abs=2e-4), name
