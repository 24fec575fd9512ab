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
    family, link = design.spec.family, design.spec.link
    suppressed, modelled = design.rows.upper is not None, bool(design.modelled)
    found = find_likelihood(family.name, link.name, suppressed, modelled)
    if found is not None or suppressed:
        return found
    # One that is constant unless it has a formula is a parameter more, of another function of rows.
    more = [name for name, one in design.others.items() if one.parameter.constant is not None]
    links = tuple(one.link.name for one in design.predictors.values())
    return find_general("+".join([family.name, *more]), links)


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
    family, link = design.spec.family, design.spec.link
    if design.rows.upper is not None and find_likelihood(family.name, link.name) is not None:
        return f"{' and '.join(design.modelled)} has a formula, and counts are suppressed"
    return f"it has no {family.name} likelihood with the {link.name} link"


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
