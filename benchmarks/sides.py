"""Who is compared: ours, bambi with its samplers, and the R packages."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_sides
import r_sides
from cases import Case

type Fit = Callable[[Case, Path, int, int], dict[str, Any]]
"""A case, its data as CSV, draws of each chain and the seed, to what the fit cost and gave."""


@dataclass(frozen=True)
class Side:
    """A way to fit a model.

    Attributes
    ----------
    label : str
    needs : tuple of str
        Python modules, or the R package where `by_r`.
    fit : callable
    ours, by_r : bool
    """

    label: str
    needs: tuple[str, ...]
    fit: Fit
    ours: bool = False
    by_r: bool = False


def _ours(label: str, ess: int | None = None) -> Side:
    def fit(case: Case, _: Path, draws: int, seed: int) -> dict[str, Any]:
        asked = {"draws": draws} if ess is None else {"ess": ess}
        return python_sides.fit_ours(case, asked, seed)

    return Side(label, (), fit, ours=True)


def _bambi(label: str, sampler: str, *needs: str) -> Side:
    def fit(case: Case, _: Path, draws: int, seed: int) -> dict[str, Any]:
        return python_sides.fit_bambi(case, sampler, draws, seed)

    return Side(label, ("bambi", *needs), fit)


def _r(package: str) -> Side:
    def fit(case: Case, data: Path, draws: int, seed: int) -> dict[str, Any]:
        return r_sides.fit_r(case, package, data, draws, seed)

    return Side(package, (package,), fit, by_r=True)


SIDES = {
    "ours": _ours("bayesglmm"),
    "ours-ess": _ours("bayesglmm, ess=1000", ess=1000),
    "bambi-pymc": _bambi("bambi, PyMC", "pymc"),
    "bambi-nutpie": _bambi("bambi, nutpie", "nutpie", "nutpie"),
    "bambi-numpyro": _bambi("bambi, NumPyro", "numpyro", "numpyro", "jax"),
    "rstanarm": _r("rstanarm"),
    "brms": _r("brms"),
    "lme4": _r("lme4"),
    "glmmTMB": _r("glmmTMB"),
}


def available(names: list[str], r_packages: dict[str, str]) -> list[str]:
    """Those of the sides whose packages are installed."""
    return [
        name
        for name in names
        if all(
            package in r_packages if SIDES[name].by_r else importlib.util.find_spec(package)
            for package in SIDES[name].needs
        )
    ]
