"""Zeros against a family that has a probability of its own for them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.finding import Evidence
from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.families import find_family
from bayesglmm.tables.english import joined


def zeros_without_need(design: Design) -> Iterator[Evidence]:
    """Structural zeros where there are no more zeros than without; a hurdle that all have taken."""
    family, rows = design.spec.family, design.rows
    formula, zeros = design.spec.formula, int(np.sum(rows.central == 0))
    name = printed_names(design)[formula.successes or formula.response_name]
    plain = family.behind
    if plain is not None and plain.support.allows(rows.central, rows.trials).all():
        ends = "0 or 1" if family.support.fraction else "0"
        own = [name for name in family.mean_parameters if name not in plain.mean_parameters]
        yield Evidence(
            "warning",
            f"No {name} is {ends}, so that nothing tells how probable that is: the prior of "
            f"{joined(own)} decides.",
            f"Write family='{plain.name}', whose responses are {plain.support.requirement}.",
        )
    if family.inflates is None:
        return
    plain = find_family((family.inflates.name, *family.inflates.limits)[-1])
    crude = plain.support.crude(rows)
    expected = float(np.broadcast_to(plain.below(0.0, crude, rows, {}), (design.n,)).sum())
    if zeros <= expected:
        yield Evidence(
            "warning",
            f"{zeros:,} of {design.n:,} values of {name} are 0, no more than the {expected:,.0f} "
            f"that {plain.title} responses with one mean have: the data hardly tell a structural "
            f"zero from another, and the prior of {family.others[-1].name} decides.",
            f"Write family='{family.inflates.name}'.",
        )
