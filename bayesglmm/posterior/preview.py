"""A preview: the pilot's Gaussian approximation, weighted towards the posterior, and marked so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.engine.blas import one_blas_thread
from bayesglmm.engine.draws import Draws, Run
from bayesglmm.engine.settings import Settings
from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.quantities import gather, names_in_frames, printed_rows, tail_of
from bayesglmm.tables import Table

LOOKS = 2000
"""Draws of the approximation."""
TRUSTED = 0.7
"""Pareto k-hat up to which importance sampling is reliable (Vehtari, Simpson, Gelman, Yao & Gabry
2024, J. Mach. Learn. Res. 25(72))."""
EVEN = 0.98
"""Effective share of the weights from which they are all but equal."""
WARNING = "PREVIEW, not the posterior"


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """An approximation of the posterior, for a first look.

    Attributes
    ----------
    design : Design
    draws : Draws
        Independent draws of the approximation, one chain; equally weighted.
    weights : array of shape (S,)
        What each draw counts, sum 1: Pareto smoothed importance weights where `k_hat` lets them be
        trusted, else equal.
    k_hat : float
        Shape of the tail of the importance weights: how far the approximation is off.
    evenness : float
        Effective sample size of the weights over their number: 1 where the approximation is exact.
    mass : float
    """

    design: Design
    draws: Draws
    weights: Array
    k_hat: float
    evenness: float
    mass: float

    @property
    def trusted(self) -> bool:
        """Whether the importance weights can correct the approximation."""
        return trusted(self.k_hat, self.evenness)

    def sentence(self) -> str:
        """How far the preview may be trusted."""
        bound = (
            f"Pareto k-hat {self.k_hat:.2f}, reliable up to {TRUSTED}; "
            f"effective share of the weights {self.evenness:.3f}"
        )
        if self.trusted:
            return f"{WARNING}: a Gaussian approximation with importance weights ({bound})."
        return (
            f"{WARNING}: a Gaussian approximation that importance weights cannot correct "
            f"({bound}). Its numbers may be far off; fit the model."
        )

    def table(self) -> Table:
        """Coefficients, standard deviations, correlations, the family's own parameters.

        Returns
        -------
        Table
            Medians and equal-tailed intervals, link scale.
        """
        roles = PARAMETERS
        quantities = model_parameters(self.design, roles)
        _, values = gather(quantities, self.draws)
        tail = tail_of(self.mass)
        found = weighted_quantiles(values[0], self.weights, (0.5, tail, 1 - tail))
        columns = dict(zip(("median", "lower", "upper"), found, strict=True))
        frame = pd.DataFrame({"": names_in_frames(quantities)} | columns)
        return Table(
            frame,
            caption=self.sentence(),
            scale=f"{self.design.spec.link.scale} (coefficients and standard deviations)",
            kinds=dict.fromkeys(columns, "number"),
            called=printed_rows(quantities),
        )

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


@one_blas_thread()
@beyond_double
def preview(
    design: Design, priors: Mapping[str, ChosenPrior], settings: Settings, mass: float
) -> Preview:
    """Approximate the posterior of a design.

    Parameters
    ----------
    design : Design
    priors : mapping
        From `choose_priors`.
    settings : Settings
        For the seed.
    mass : float
        Probability inside the intervals.

    Returns
    -------
    Preview

    Raises
    ------
    EngineError
        If the kernel cannot express the model, or has no approximation of it.
    """
    import xarray as xr
    from arviz_stats.base import array_stats

    from bayesglmm.engine.choice import choose_map, log_weights
    from bayesglmm.engine.kernel_sampler import make_target, run_pilot
    from bayesglmm.engine.output import posterior_dataset

    tail_of(mass)
    target = make_target(design, priors)
    choice = choose_map(target, run_pilot(design, target).transport, settings.seed)
    rng = np.random.default_rng(settings.seed)
    z = rng.standard_normal((LOOKS, target.coordinates.size))
    raw = log_weights(choice.target, z)
    smoothed, k_hat = array_stats.psislw(-raw)  # which takes logs of the inverse weights
    even = _evenness(raw)
    usable = trusted(float(k_hat), even)
    weights = np.exp(smoothed) if usable else np.full(LOOKS, 1 / LOOKS)
    positions = np.stack([choice.target.place(row) for row in z])[None]
    posterior = posterior_dataset(design, target.coordinates, positions)
    run = Run("pilot", "", {}, 0, notes=(choice.reason,))
    draws = Draws(posterior, xr.Dataset(), replace(settings, draws=LOOKS, ess=None), run)
    return Preview(design, draws, weights / weights.sum(), float(k_hat), even, mass)


def trusted(k_hat: float, evenness: float) -> bool:
    """Whether importance weights can be relied on.

    Parameters
    ----------
    k_hat : float
    evenness : float
        Of weights that are all but equal the tail says nothing.

    Returns
    -------
    bool
    """
    return evenness >= EVEN or k_hat <= TRUSTED


def _evenness(log_weights: Array) -> float:
    """Effective sample size of importance weights as a share of their number."""
    weights = np.exp(log_weights - log_weights.max())
    return float(weights.sum() ** 2 / np.square(weights).sum() / len(weights))


def weighted_quantiles(values: Array, weights: Array, quantiles: tuple[float, ...]) -> Array:
    """Quantiles of weighted draws.

    Parameters
    ----------
    values : array of shape (S, k)
    weights : array of shape (S,)
        Sum 1.
    quantiles : tuple of float, length m

    Returns
    -------
    array of shape (m, k)
        The first value at which the weights below it reach the quantile.
    """
    order = np.argsort(values, axis=0)
    reached = np.cumsum(weights[order], axis=0)
    places = [np.minimum((reached < q).sum(axis=0), len(values) - 1) for q in quantiles]
    columns = np.arange(values.shape[1])
    return np.stack([values[order[place, columns], columns] for place in places])
