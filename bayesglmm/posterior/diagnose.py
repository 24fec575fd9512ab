"""The verdict on a fit: what was checked, against which bound, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.parameters import Parameter, model_parameters
from bayesglmm.engine.convergence import R_HAT, Convergence, convergence
from bayesglmm.engine.draws import Draws, Run
from bayesglmm.engine.r_hat import ESS_PER_CHAIN, r_hat_bounds
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import gather, printed
from bayesglmm.tables import Table

E_BFMI = 0.3
"""Bound of E-BFMI (Betancourt 2016, arXiv 1604.00695)."""
ACCEPTANCE = 0.2
"""Bound of the share of independent proposals that a chain accepts."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a fit.

    Attributes
    ----------
    name : str
    bound : str
        In words, such as ``"at most 1.01"``.
    value : float
        The worst seen.
    passed : bool
    where : str
        The quantity or chain that was worst.
    advice : str
        What to do where it failed.
    """

    name: str
    bound: str
    value: float
    passed: bool
    where: str
    advice: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks of a fit.

    Attributes
    ----------
    checks : tuple of Check
    """

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.passed)

    def sentence(self) -> str:
        """The verdict in one sentence."""
        if self.passed:
            return f"The fit converged: all {len(self.checks)} checks passed."
        names = ", ".join(check.name for check in self.failures)
        return (
            f"The fit has NOT converged: {names} failed. "
            "Do not use its numbers; see the advice beside each failed check."
        )

    def table(self) -> Table:
        """The checks as a table."""
        frame = pd.DataFrame(
            {
                "check": [check.name for check in self.checks],
                "bound": [check.bound for check in self.checks],
                "value": [check.value for check in self.checks],
                "worst": [check.where for check in self.checks],
                "result": ["pass" if check.passed else "FAIL" for check in self.checks],
                "what to do": ["" if c.passed else c.advice for c in self.checks],
            }
        )
        return Table(frame, self.sentence(), kinds={"value": "diagnostic"})

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table().to_html()


@beyond_double
def diagnose(posterior: Posterior) -> Verdict:
    """Judge a fit.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    Verdict
        R-hat, bulk and tail ESS over every reported quantity (fixed effects, standard deviations,
        correlations, the family's own parameters, every group effect); divergences, tree depth,
        E-BFMI, or the share of proposals accepted where group effects were integrated out.
    """
    design, draws = posterior.design, posterior.draws
    quantities = model_parameters(design)
    found = convergence(gather(quantities, draws)[1])
    chains = draws.posterior.sizes["chain"]
    least = ESS_PER_CHAIN * chains
    checks = [
        _agreement(found, quantities, chains),
        _smallest("bulk ESS", found.ess_bulk, quantities, least),
        _smallest("tail ESS", found.ess_tail, quantities, least),
        *_sampler_checks(draws),
    ]
    return Verdict(tuple(checks))


_LONGER = "sample longer: raise ess= or draws="


def _agreement(found: Convergence, quantities: list[Parameter], chains: int) -> Check:
    """The largest R-hat of those that fail, else of all; one that is not a number fails.

    The bound of a group effect is said where it is needed: above that of a single quantity.
    """
    effects = np.array([item.role == "effect" for item in quantities for _ in item.labels])
    bounds = r_hat_bounds(found, effects, chains)
    failed = ~(found.r_hat <= bounds)
    shown = np.where(failed | ~failed.any(), found.r_hat, -np.inf)
    place = int(np.argmax(shown))  # a NaN, where there is one
    value, bound = float(found.r_hat[place]), float(bounds[place])
    words = f"at most {R_HAT:g}"
    if bound > R_HAT and not value <= R_HAT:
        words = f"at most {bound:.4f} for one of {int(effects.sum()):,} effects"
    where = printed(quantities)[place]
    return Check("R-hat", words, value, not failed.any(), where, _LONGER)


def _smallest(name: str, values: np.ndarray, quantities: list[Parameter], bound: float) -> Check:
    """The least effective sample size of all quantities; one that is not a number fails."""
    place = int(np.argmin(values))  # a NaN, where there is one
    value, where = float(values[place]), printed(quantities)[place]
    return Check(name, f"at least {bound:g}", value, bool(value >= bound), where, _LONGER)


def _sampler_checks(draws: Draws) -> list[Check]:
    """Checks of the sampler's own statistics, of those that it has."""
    return _of_trajectories(draws) if "diverging" in draws.sample_stats else [_of_proposals(draws)]


def _of_proposals(draws: Draws) -> Check:
    """The chain that accepted the fewest proposals."""
    rates = draws.sample_stats["acceptance_rate"].mean("draw").to_numpy()
    return Check(
        "acceptance",
        f"at least {ACCEPTANCE:g} of proposals",
        float(rates.min()),
        bool(rates.min() >= ACCEPTANCE),
        f"chain {int(rates.argmin())}",
        "fit with sampler='nuts'",
    )


def _of_trajectories(draws: Draws) -> list[Check]:
    statistics = draws.sample_stats
    divergent = statistics["diverging"].to_numpy()
    deep = statistics["reached_max_treedepth"].to_numpy()
    energy = energy_information(statistics["energy"].to_numpy())
    return [
        Check(
            "divergences",
            "none",
            float(divergent.sum()),
            not divergent.any(),
            _worst_chain(divergent.sum(axis=1)),
            "raise target_accept= towards 0.99, or give group sds tighter priors",
        ),
        Check(
            "tree depth",
            f"below 1 % of draws at {draws.settings.max_depth}",
            float(100 * deep.mean()),
            bool(deep.mean() < 0.01),
            _worst_chain(deep.sum(axis=1)),
            "raise max_depth=, or rescale columns of very different size",
        ),
        Check(
            "E-BFMI",
            f"at least {E_BFMI}",
            float(energy.min()),
            bool(energy.min() >= E_BFMI),
            f"chain {int(energy.argmin())}",
            _rewrite(draws.run),
        ),
    ]


def _rewrite(run: Run) -> str:
    """What to do about energy that a chain explores too slowly."""
    if run.of_graph:
        return "try the other parametrisation: centered=True or False"
    return "give group sds tighter priors, or sample longer"


def energy_information(energy: np.ndarray) -> np.ndarray:
    """Estimated Bayesian fraction of missing information of each chain.

    Parameters
    ----------
    energy : array of shape (chains, draws)

    Returns
    -------
    array of shape (chains,)
        NaN where the energy never changes. Betancourt (2016), arXiv 1604.00695, eq. 6.
    """
    steps = np.square(np.diff(energy, axis=1)).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):  # a chain that never moves gives NaN
        return np.asarray(steps / np.var(energy, axis=1))


def _worst_chain(counts: np.ndarray) -> str:
    return f"chain {int(counts.argmax())}" if counts.any() else ""
