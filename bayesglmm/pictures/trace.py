"""Draws of each chain, and their distribution: whether the chains mixed and agree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesglmm.design.parameters import Role, model_parameters
from bayesglmm.errors import SpecError, unknown
from bayesglmm.pictures.canvas import PALETTE, brief, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.column_arguments import names_of
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import convergence, gather, names_in_frames, printed

MOST = 12
"""Quantities of one picture."""

ROLES: tuple[Role, ...] = ("fixed", "sd", "cor", "distributional")
"""What is drawn: all but the effects of groups."""

BINS = 40

SHOWN = 1000
"""Draws of a chain that a line has, at most."""


def plot_trace(posterior: Posterior, names: str | Sequence[str] | None = None) -> Picture:
    """Picture of the draws: each chain's distribution beside its path.

    Parameters
    ----------
    posterior : Posterior
    names : str or sequence of str, optional
        Quantities as tables call them, such as ``"sd(1|county)"``; where left out the first
        twelve coefficients, standard deviations, correlations and parameters of the family.

    Returns
    -------
    Picture

    Raises
    ------
    SpecError
        If there is no such quantity, or there are more than twelve.
    """
    quantities = model_parameters(posterior.design, ROLES)
    known, shown = names_in_frames(quantities), printed(quantities)
    _, values = gather(quantities, posterior.draws)
    chosen = _chosen(names, known, shown)
    found = values[:, :, chosen]
    r_hat = convergence(found)["r_hat"]
    with figure(7.0, 0.6 + 1.15 * len(chosen)) as drawn:
        rows = drawn.subplots(len(chosen), 2, squeeze=False, width_ratios=(1, 2))
        for (left, right), place, draws in zip(rows, chosen, np.moveaxis(found, 2, 0), strict=True):
            edges = np.histogram_bin_edges(draws, BINS)
            step = max(1, draws.shape[1] // SHOWN)
            index = np.arange(0, draws.shape[1], step)
            for chain, colour in zip(draws, np.resize(PALETTE, len(draws)), strict=True):
                left.stairs(np.histogram(chain, edges)[0], edges, color=colour, linewidth=0.9)
                right.plot(index, chain[index], color=colour, linewidth=0.4, alpha=0.8)
            left.set_yticks([])
            left.spines["left"].set_visible(False)
            left.locator_params(axis="x", nbins=4)
            left.set_title(brief(shown[place], 40), loc="left", parse_math=False)
        rows[-1][1].set_xlabel("draw")
    worst = int(np.nanargmax(r_hat))
    return Picture(
        drawn,
        f"Draws of {len(chosen)} of {len(known)} quantities in {len(values)} chains, a colour "
        "each: left how often each value occurs, right the draws in order. The largest R-hat of "
        f"these is {r_hat[worst]:.3f}, of {shown[chosen[worst]]}.",
    )


def _chosen(
    names: str | Sequence[str] | None, known: Sequence[str], shown: Sequence[str]
) -> list[int]:
    """Which quantities are drawn."""
    if names is None:
        return list(range(min(MOST, len(known))))
    asked = names_of("names", names)
    if not asked or len(asked) > MOST:
        raise SpecError(f"names= has {len(asked)} quantities. Give 1 to {MOST} for one picture.")
    places = {name: place for place, name in enumerate(shown)}
    places |= {name: place for place, name in enumerate(known)}
    for name in asked:
        if name not in places:
            raise SpecError(unknown("quantity", name, known))
    return [places[name] for name in asked]
