"""Which compiled likelihood a design has, and which of its linear predictors that reads."""

from __future__ import annotations

from bayesglmm.design.design import Design
from bayesglmm.engine.likelihoods import Likelihood, find_general, find_likelihood


def design_likelihood(design: Design) -> Likelihood | None:
    """The compiled likelihood of a design.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Likelihood or None
        None where there is none: `beyond_likelihoods` says why.
    """
    family, link, rows = design.spec.family, design.spec.link, design.rows
    bounded = rows.upper is not None
    if not rows.truncated and rows.error is None:
        found = find_likelihood(family.name, link.name, bounded, bool(design.modelled))
        if found is not None:
            return found
        if not bounded:
            return find_general(_parts(design), _links(design)) if rows.weight is None else None
    return partial_likelihood(design)


def partial_likelihood(design: Design) -> Likelihood | None:
    """The general likelihood of rows that are censored, truncated or have known standard errors.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Likelihood or None
        None where there is none of its family.
    """
    return find_general(design.spec.family.name, _links(design), partial=True)


def _parts(design: Design) -> str:
    """The family, and those of its parameters that are constant unless they have a formula.

    With a formula they are parameters more, of another function of rows.
    """
    more = [name for name, one in design.others.items() if one.parameter.constant is not None]
    return "+".join([design.spec.family.name, *more])


def _links(design: Design) -> tuple[str, ...]:
    return tuple(one.link.name for one in design.predictors.values())


def beyond_likelihoods(design: Design) -> str:
    """Why a design has no compiled likelihood, in words; empty where it has one.

    Parameters
    ----------
    design : Design

    Returns
    -------
    str
    """
    if design_likelihood(design) is not None:
        return ""
    family, link, rows = design.spec.family, design.spec.link, design.rows
    of = f"it has no {family.name} likelihood with the {link.name} link"
    kinds = {
        "responses known by bounds": rows.upper is not None,
        "truncated responses": rows.truncated,
        "known standard errors": rows.error is not None,
        "survey weights": rows.weight is not None,
    }
    given = [kind for kind, there in kinds.items() if there]
    return f"{of} for {' and '.join(given)}" if given else of


def predicted_parameters(design: Design, likelihood: Likelihood) -> tuple[str, ...]:
    """The parameters of the family that have a linear predictor in a compiled likelihood.

    Parameters
    ----------
    design : Design
    likelihood : Likelihood

    Returns
    -------
    tuple of str
        The location first; the others in a general likelihood all, else those with a formula.
    """
    others = design.others if likelihood.general else design.modelled
    return (design.predictor.parameter.name, *others)
