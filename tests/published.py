"""Published fits as numbers with the digits they were printed with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import bayesglmm as bg
from bayesglmm.datasets import FOLDER_VARIABLE
from bayesglmm.likelihood import MaximumLikelihood

CODES = {name: {k: str(k) for k in range(1, 5)} for name in ("edu", "age", "period")}
TWO = {name: {1: "1", 2: "2"} for name in ("sex", "race")}
MATERNAL = "maternal_deaths ~ ethnicity + age_group + dobbs_era + (1 | year)"
REFERENCE = {
    "ethnicity": "Asian, Non-Hispanic",
    "age_group": "Under 25 years",
    "dobbs_era": "Pre-Dobbs",
}
MATERNAL_NAMES = {
    "Black": "ethnicity[Black, Non-Hispanic]",
    "White": "ethnicity[White, Non-Hispanic]",
    "Hispanic": "ethnicity[Hispanic]",
    "AIAN": "ethnicity[American Indian or Alaska Native, Non-Hispanic]",
    "Unknown": "ethnicity[Unknown]",
    "25-39": "age_group[25-39 years]",
    "40+": "age_group[40 years and over]",
    "Post-Dobbs": "dobbs_era[Post-Dobbs]",
}


@dataclass(frozen=True)
class How:
    """How a published fit is made here."""

    data: str
    formula: str
    family: str
    quadrature: int = 1
    options: Mapping[str, Any] | None = None


def crossover(formula: str, quadrature: int = 1) -> How:
    return How("crossover", f"outcome ~ {formula}", "bernoulli", quadrature)


def polls(formula: str) -> How:
    labels = {name: CODES[name] for name in ("edu", "age") if name in formula}
    return How("polls", f"bush ~ {formula}", "bernoulli", 1, {"missing": "drop", "labels": labels})


def cbpp(quadrature: int) -> How:
    labels = {"period": CODES["period"]}
    return How(
        "cbpp",
        "p(incidence, size) ~ period + (1 | herd)",
        "binomial",
        quadrature,
        {"labels": labels},
    )


def maternal(family: str, exposure: bool) -> How:
    options = {"reference": REFERENCE} | ({"exposure": "live_births"} if exposure else {})
    return How("maternal_518", MATERNAL, family, 1, options)


HOW: dict[tuple[str, str], How] = {
    ("crossover", "glm_1"): crossover("trt"),
    ("crossover", "glm_2"): crossover("trt + period"),
    ("crossover", "glm_3"): crossover("trt * period"),
    ("crossover", "glmm_laplace"): crossover("trt * period + (1 | ID)"),
    ("crossover", "glmm_exact"): crossover("trt * period + (1 | ID)", 100),
    ("ohio", "glmm"): How(
        "ohio_cancer",
        "death ~ offset(log(pop)) + sex + race + year + (1 | county)",
        "poisson",
        1,
        {"labels": TWO},
    ),
    ("ohio", "quasi"): How(
        "ohio_cancer", "death ~ offset(log(pop)) + sex * race", "poisson", 1, {"labels": TWO}
    ),
    ("maternal", "nb_offset_ml"): maternal("negative_binomial", True),
    ("maternal", "nb_no_offset_irr_ml"): maternal("negative_binomial", False),
    ("maternal", "poisson_pearson_dispersion_ml"): maternal("poisson", True),
    ("polls", "glmm_1"): polls("black + female + (1 | state)"),
    ("polls", "glmm_1_profile_ci"): polls("black + female + (1 | state)"),
    ("polls", "glmm_2"): polls("black + female + edu + age + (1 | state)"),
    ("skin_cancer", "glmm_1"): How(
        "skin_cancer_prevention", "y ~ treatment * year + (1 | id)", "poisson"
    ),
    ("cbpp", "glmm_laplace"): cbpp(1),
    ("cbpp", "glmm_agq9"): cbpp(9),
}


@cache
def fit(study: str, entry: str) -> MaximumLikelihood:
    """A published model, fitted here."""
    how = HOW[study, entry]
    model = bg.Model(
        how.formula, bg.datasets.load(how.data), family=how.family, **(how.options or {})
    )
    found = model.ml(quadrature=how.quadrature)
    return found.quasi() if entry == "quasi" else found


def label(name: str, found: MaximumLikelihood) -> str:
    """The name of a published coefficient here."""
    names = MATERNAL_NAMES | {"sex2:race2": "sex:race[2, 2]"}
    if name in names:
        return names[name]
    if name in found.labels:
        return name
    return f"{name[:-1]}[{name[-1]}]"


def of_sd(name: str, found: MaximumLikelihood) -> float:
    return found.estimate(f"1|{name}_sigma")


def predicted(name: str, found: MaximumLikelihood) -> float:
    """Probability in one of the four cells of the crossover trial, ``"period1_trt0"``."""
    period, trt = int(name[6]) - 1, int(name[-1])
    one = {"Intercept": 1, "trt": trt, "period": period, "trt:period": trt * period}
    eta = sum(found.estimate(key) * value for key, value in one.items())
    return float(1 / (1 + np.exp(-eta)))


NESTED: dict[str, Callable[[str, MaximumLikelihood], float]] = {
    "estimate": lambda name, found: found.estimate(label(name, found)),
    "se": lambda name, found: float(found.errors[found.place(label(name, found))]),
    "sd": of_sd,
    "var": lambda name, found: of_sd(name, found) ** 2,
    "predicted": predicted,
}

SINGLE: dict[str, Callable[[MaximumLikelihood], float]] = {
    "deviance": lambda found: found.glm.deviance,
    "residual_deviance": lambda found: found.glm.deviance,
    "null_deviance": lambda found: found.glm.null_deviance,
    "dispersion": lambda found: found.dispersion,
    "aic": lambda found: found.aic,
    "bic": lambda found: found.bic,
    "loglik": lambda found: found.loglik,
    "var_year": lambda found: of_sd("year", found) ** 2,
    "nb_size": lambda found: found.estimate("alpha"),
    "n": lambda found: found.design.n,
}


@dataclass(frozen=True)
class Number:
    """A published number: where it stands, and its digits."""

    study: str
    entry: str
    kind: str
    name: str
    text: str

    @property
    def path(self) -> str:
        return ".".join(part for part in (self.study, self.entry, self.kind, self.name) if part)

    @property
    def unit(self) -> float:
        """Of the last digit printed."""
        return 10.0 ** -len(self.text.partition(".")[2])

    def ours(self) -> float:
        """The same number here."""
        if self.entry == "lrt_1_vs_2":
            test = bg.lrt(fit("crossover", "glm_1"), fit("crossover", "glm_2"))
            return {"deviance": test.statistic, "df": test.df, "p": test.p}[self.kind]
        if self.entry in ("n_used", "n_states"):
            design = fit("polls", "glmm_1").design
            return design.n if self.entry == "n_used" else len(design.predictor.groups[0].levels)
        found = fit(self.study, self.entry)
        if self.entry == "nb_no_offset_irr_ml":
            return float(np.exp(found.estimate(label(self.kind, found))))
        if self.entry == "poisson_pearson_dispersion_ml":
            return found.pearson_dispersion
        if self.entry == "glmm_1_profile_ci":
            name = {"state_sd": "1|state_sigma"}.get(self.kind, self.kind)
            return float(profiled(name)[int(self.name)])
        if self.kind in NESTED:
            return NESTED[self.kind](self.name, found)
        return SINGLE[self.kind](found)


@cache
def profiled(name: str) -> tuple[float, float]:
    frame = fit("polls", "glmm_1_profile_ci").profile(name).frame
    return float(frame["lower"].iloc[0]), float(frame["upper"].iloc[0])


def numbers() -> list[Number]:
    """Every number of the file, all its digits kept; none where the file is absent."""
    path = Path(os.environ.get(FOLDER_VARIABLE, ".")).parent / "reference" / "published_fits.json"
    if not path.exists():
        return []
    content = json.loads(path.read_text(encoding="utf-8"), parse_float=str, parse_int=str)
    found = []
    for study, entries in content.items():
        if study == "_about":
            continue
        for entry, body in entries.items():
            if entry == "file":
                continue
            found += _of_entry(study, entry, body)
    return found


WORDS = ("formula", "source", "family")


def _of_entry(study: str, entry: str, body: Any) -> list[Number]:
    if isinstance(body, str):
        return [Number(study, entry, "", "", body)]
    found = []
    for kind, value in body.items():
        if kind in WORDS:
            continue
        if isinstance(value, dict):
            found += [Number(study, entry, kind, name, text) for name, text in value.items()]
        elif isinstance(value, list):
            found += [Number(study, entry, kind, str(n), text) for n, text in enumerate(value)]
        else:
            found.append(Number(study, entry, kind, "", value))
    return found
