"""Standard deviations and correlations of groups, and parameters that are one number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.design.parameters import Parameter, Role, model_parameters
from bayesglmm.posterior.notes import (
    interval_note,
    link_scales,
)
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import (
    DIAGNOSTICS,
    ERRORS,
    ESTIMATES,
    gather,
    names_in_frames,
    printed_rows,
    printed_shapes,
    summarise,
)
from bayesglmm.tables import RowDraws, Table
from bayesglmm.tables.english import joined

SPREAD: tuple[Role, ...] = ("sd", "cor", "distributional")
"""Roles of the parameters in the random part."""


def has_random_part(design: Design) -> bool:
    """Whether `random_part` has any row: group terms, or a parameter that is one number."""
    return bool(_quantities(design))


@beyond_double
def random_part(posterior: Posterior, mass: float = 0.95) -> Table:
    """Standard deviations and correlations of the groups; the family's own parameters.

    Parameters
    ----------
    posterior : Posterior
    mass : float

    Returns
    -------
    Table
        Link scale of the parameter that the effects move; parameters of the family that are one
        number on their natural scale, as a residual standard deviation in units of the response.
    """
    design, draws = posterior.design, posterior.draws
    quantities = _quantities(design)
    _, values = gather(quantities, draws)
    groups = bool(design.groups)
    names = names_in_frames(quantities)
    shapes = dict(zip(names, printed_shapes(quantities), strict=True))
    frame = pd.DataFrame({"": names})
    frame = frame.join(summarise(values, mass))
    frame["N groups"] = _groups_of(design, quantities)
    meanings = [
        f"{p.name} is no group effect: {p.meaning}."
        for p in (one.parameter for one in design.others.values() if one.is_number)
        if design.spec.family.pattern(p.name) is None
    ]
    return Table(
        frame=frame[["", *ESTIMATES, "N groups", *DIAGNOSTICS, *ERRORS]],
        caption="Random part",
        scale=spread_scale(design),
        estimand="spread of the group effects in the population of groups" if groups else "",
        notes=(interval_note(mass), *meanings, *_fewer_groups(design, frame["N groups"])),
        kinds={**dict.fromkeys(ESTIMATES, shapes), **DIAGNOSTICS},
        called=printed_rows(quantities),
        source=RowDraws(lambda: gather(quantities, draws)[1], mass),
    )


def spread_scale(design: Design) -> str:
    """The scale of the standard deviations of groups, and of the numbers beside them."""
    of_groups = link_scales(one for one in design.predictors.values() if one.groups)
    numbers = [one.term for one in _quantities(design) if one.role == "distributional"]
    if not numbers:
        return of_groups
    natural = f"natural scale for {joined(numbers)}"
    return f"{of_groups}, {natural}" if of_groups else natural


def _quantities(design: Design) -> list[Parameter]:
    """Rows of the table; thresholds of categories have one of their own."""
    found = model_parameters(design, SPREAD)
    pattern = design.spec.family.pattern
    return [one for one in found if one.role != "distributional" or pattern(one.variable) is None]


def _fewer_groups(design: Design, counts: pd.Series) -> list[str]:
    """Why two effects of one factor may have different numbers of groups."""
    found, place, called = [], iter(counts[counts != ""]), printed_names(design)
    for group in design.groups:
        felt = {effect: next(place) for effect in group.effects}
        if len(set(felt.values())) > 1:
            found.append(called[group.factor])
    if not found:
        return []
    return [
        f"N groups: groups of {', '.join(dict.fromkeys(found))} in whose rows the column of the "
        "effect is not always 0; the others have no data on it."
    ]


def _groups_of(design: Design, quantities: Sequence[Parameter]) -> list[str]:
    """For each standard deviation the number of groups in whose rows its column is ever not 0."""
    counts = [
        f"{len(np.unique(group.index[column != 0])):,}"
        for group in design.groups
        for column in group.Z.T
    ]
    found = iter(counts)
    return [next(found) if item.role == "sd" else "" for item in quantities for _ in item.labels]
