"""What the answers owe to the priors: power-scaling, and refits under other priors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bayesglmm.errors import EngineError
from bayesglmm.posterior.arguments import check_flag, check_share
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import Priors
from bayesglmm.posterior.priors.power_scaling import power_scaling
from bayesglmm.posterior.priors.refit_tables import spread_table, verdict_table
from bayesglmm.posterior.priors.refits import Watch, other_spreads, other_widths, refits
from bayesglmm.posterior.priors.verdicts import answers
from bayesglmm.tables import Table


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sensitivity:
    """What the answers owe to the priors.

    Attributes
    ----------
    power : Table
        Power-scaling sensitivities.
    verdicts : Table or None
        Stable, moves or flips, for each estimand; None without refits.
    spreads : Table or None
        Estimands under half-normal priors of the standard deviations; None without refits, and
        where the model has none.
    """

    power: Table
    verdicts: Table | None = None
    spreads: Table | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        """Those there are."""
        found = (self.verdicts, self.spreads, self.power)
        return tuple(table for table in found if table is not None)

    def __repr__(self) -> str:
        return "\n\n".join(repr(table) for table in self.tables)

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self.tables)


@beyond_double
def sensitivity(
    posterior: Posterior,
    priors: Priors,
    *,
    refits: bool = False,
    mass: float = 0.95,
    watch: Watch | None = None,
) -> Sensitivity:
    """Judge how far the posterior depends on the priors.

    Parameters
    ----------
    posterior : Posterior
    priors : mapping
        From `choose_priors`.
    refits : bool
        Whether the model is also fitted under other priors: all half and twice as wide, slopes and
        standard deviations by themselves, and half-normal priors of the standard deviations.
    mass : float
        Inside the equal-tailed intervals.
    watch : callable, optional
        Told the name of each refit before it is made, and how many remain.

    Returns
    -------
    Sensitivity

    Raises
    ------
    EngineError
        If refits are asked for and the graph that was sampled had been changed.
    SpecError
        If `mass` is not between 0 and 1.
    """
    check_flag("refits", refits)
    check_share("mass", mass)
    power = power_scaling(posterior, priors)
    if not refits:
        return Sensitivity(power)
    extensions = posterior.draws.run.extensions
    if extensions:
        raise EngineError(
            "Refits start from the spec, but the graph that was sampled had been changed "
            f"({', '.join(extensions)}). Leave refits=True out."
        )
    widths, spreads = other_widths(priors), other_spreads(posterior.design, priors)
    fitted = _refits(posterior, priors, widths | spreads, watch)
    own = answers(posterior, mass)
    others = {name: answers(fitted[name], mass) for name in widths}
    found = {name: fitted[name] for name in spreads}
    return Sensitivity(
        power,
        verdict_table(posterior.design, own, others, mass),
        spread_table(found, mass) if found else None,
    )


def _refits(
    posterior: Posterior,
    priors: Priors,
    others: Mapping[str, Priors],
    watch: Watch | None,
) -> dict[str, Posterior]:
    return dict(refits(posterior, priors, others, watch))
