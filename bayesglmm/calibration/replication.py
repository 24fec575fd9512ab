"""One replication: a data set drawn from the model, fitted, and the rank of what drew it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.calibration.simulated import draw_truth
from bayesglmm.design.design import Design
from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.errors import DataError, EngineError
from bayesglmm.families.links import Array
from bayesglmm.posterior.diagnose import diagnose
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import Priors
from bayesglmm.posterior.priors.refits import draw_again
from bayesglmm.posterior.quantities import gather

KEPT = 99
"""Draws that a rank is among, so that it is one of 100 numbers."""
HALF = (0.25, 0.75)
"""Quantiles between which half of a distribution lies."""
LOG_LIKELIHOOD = "log likelihood"


@dataclass(frozen=True, slots=True)
class Replication:
    """What one data set gave: a number for each watched quantity, in the order of `watched`.

    Attributes
    ----------
    number : int
        From 0.
    truth : tuple of float
        What drew the data; link scale, user's units.
    rank : tuple of int
        Thinned draws below the truth, 0 to `KEPT`.
    below : tuple of float
        Share of all draws below the truth.
    z : tuple of float
        Posterior mean less truth, in posterior standard deviations.
    width : tuple of float
        Of the central half of the posterior.
    r_hat, ess : float
        The worst of the fit.
    divergences : int
    passed : bool
        Whether all checks of the fit did.
    seconds : float
        Of the processor, all threads together.
    failure : str
        Why there is no fit, and so no numbers; empty where there is one.
    """

    number: int
    truth: tuple[float, ...] = ()
    rank: tuple[int, ...] = ()
    below: tuple[float, ...] = ()
    z: tuple[float, ...] = ()
    width: tuple[float, ...] = ()
    r_hat: float = float("nan")
    ess: float = float("nan")
    divergences: int = 0
    passed: bool = False
    seconds: float = 0.0
    failure: str = ""


def watched(design: Design) -> dict[str, str]:
    """The quantities whose ranks are taken, with what readers see them called.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        All parameters, the first and the last effect of each group term, and the log likelihood,
        which sees what the others do not: how far the whole of them lies from the data (Modrák et
        al. 2023, Bayesian Analysis, advance publication).
    """
    found: dict[str, str] = {}
    for item in model_parameters(design):
        pairs = list(zip(item.labels, item.printed, strict=True))
        found |= dict(pairs if item.role in PARAMETERS else [pairs[0], pairs[-1]])
    return found | {LOG_LIKELIHOOD: LOG_LIKELIHOOD}


def replicate(
    design: Design, priors: Priors, asked: Mapping[str, Any], seed: int, number: int
) -> Replication:
    """Draw, fit and rank once.

    Parameters
    ----------
    design : Design
    priors : mapping
    asked : mapping
        Keywords of `make_settings`, without a seed.
    seed : int
        Of the whole calibration; with `number` it repeats the replication.
    number : int

    Returns
    -------
    Replication
    """
    rng, start = np.random.default_rng([seed, number]), time.process_time()
    try:
        truth, simulated = draw_truth(design, priors, rng)
        draws = draw_again(simulated, priors, {**asked, "seed": int(rng.integers(2**32))})
    except (DataError, EngineError) as error:
        taken = time.process_time() - start
        return Replication(number, failure=str(error), seconds=taken)
    posterior = Posterior(simulated, draws)
    verdict = diagnose(posterior)
    checks = {check.name: check.value for check in verdict.checks}
    return Replication(
        number,
        **_compare(truth, posterior, rng),
        r_hat=checks["R-hat"],
        ess=min(checks["bulk ESS"], checks["tail ESS"]),
        divergences=int(checks.get("divergences", 0)),  # of samplers that have such
        passed=verdict.passed and draws.run.complete,
        seconds=time.process_time() - start,
    )


def _compare(truth: Posterior, posterior: Posterior, rng: np.random.Generator) -> dict[str, Any]:
    """Where the truth lies among the draws.

    Ranks: Talts et al. (2018), arXiv 1804.06788, algorithm 2, among draws that are evenly thinned;
    of draws that equal the truth a random number lies below, so that ranks are uniform with ties.
    """
    known, values = _values(truth)[0], _values(posterior)
    places = np.linspace(0, len(values) - 1, KEPT).round().astype(int)
    less, same = ((compare(values[places], known)) for compare in (np.less, np.equal))
    rank = less.sum(axis=0) + rng.integers(same.sum(axis=0) + 1)
    low, high = np.quantile(values, HALF, axis=0)
    spread = values.std(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):  # all draws may be one number
        z = (values.mean(axis=0) - known) / spread
    numbers = {"truth": known, "rank": rank, "z": z, "width": high - low}
    numbers["below"] = (values < known).mean(axis=0)
    return {name: tuple(column.tolist()) for name, column in numbers.items()}


def _values(posterior: Posterior) -> Array:
    """Draws of the watched quantities, shape (S, k)."""
    labels, values = gather(model_parameters(posterior.design), posterior.draws)
    joined = values.reshape(-1, len(labels))
    place = {label: k for k, label in enumerate(labels)}
    some = [place[label] for label in watched(posterior.design) if label != LOG_LIKELIHOOD]
    return np.column_stack([joined[:, some], posterior.log_likelihood()])
