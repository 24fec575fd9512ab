"""From a fit to what a report is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import SpecError, brief
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.posterior.diagnose import Verdict
from bayesglmm.report.guidelines import check_asked
from bayesglmm.report.material import Material, check_extras
from bayesglmm.report.second_opinion import Opinion, ask_opinion


class Fitted(Protocol):
    """What a report needs of a fit."""

    @property
    def design(self) -> Design:
        """The model's own."""

    @property
    def priors(self) -> Mapping[str, ChosenPrior]:
        """Parameter name to its prior."""

    @property
    def forms(self) -> Mapping[str, Parametrization]:
        """Group term to its parametrisation."""

    @property
    def draws(self) -> Draws:
        """From the posterior."""

    @property
    def verdict(self) -> Verdict:
        """Whether they converged."""


def material_of(
    fit: Fitted,
    mass: float = 0.95,
    opinion: Callable[[], Opinion] | bool | None = None,
    *,
    check: Sequence[str] = (),
    notes: Mapping[str, str] | None = None,
    **extras: Any,
) -> Material:
    """What the report of a fit is made from.

    Parameters
    ----------
    fit : Fit
    mass : float
        Posterior probability inside the equal-tailed intervals.
    opinion : bool or callable, optional
        Whether bambi is asked for a second opinion, by another process; or what `ask_opinion` gave
        when it was asked earlier.
    check : sequence of str
        Reporting standards whose filled checklists are appended.
    notes : mapping, optional
        Point of a standard to what the analyst says of it.
    **extras
        Other attributes of `Material`, such as ``population``.

    Returns
    -------
    Material

    Raises
    ------
    SpecError
        If an extra, the opinion, a standard or a note is not what it should be.
    """
    check_extras(extras)
    asked = (check,) if isinstance(check, str) else tuple(check)
    check_asked(asked, notes or {})
    parts = (fit.design, fit.priors, fit.forms, fit.draws, fit.verdict)
    return Material(
        *parts, mass, opinion=_asked(fit, opinion), check=asked, notes=notes or {}, **extras
    )


def _asked(
    fit: Fitted, opinion: Callable[[], Opinion] | bool | None
) -> Callable[[], Opinion] | None:
    if isinstance(opinion, bool):
        return ask_opinion(fit.design, fit.priors, fit.forms) if opinion else None
    if opinion is not None and not callable(opinion):
        raise SpecError(
            f"opinion={brief(opinion)} must be True or False, or what ask_opinion() gave."
        )
    return opinion
