"""What a model's numbers are about: which outcome is the success, which level is compared with."""

from __future__ import annotations

from bayesglmm.design.design import Design
from bayesglmm.design.given import is_truth_column
from bayesglmm.design.names import printed_names
from bayesglmm.design.predictor import Predictor


def coding_sentences(design: Design) -> tuple[str, ...]:
    """What a success is, then the reference levels: the first things to know of a model.

    Parameters
    ----------
    design : Design

    Returns
    -------
    tuple of str
        Empty for a response that has no success and no factors.
    """
    return (*success_sentences(design), *reference_sentences(design))


def success_sentences(design: Design) -> tuple[str, ...]:
    """What a binary response counts; nothing for others.

    Parameters
    ----------
    design : Design

    Returns
    -------
    tuple of str
    """
    if not design.success:
        return ()
    response = design.spec.formula.response_name
    levels = (
        ("False", "True") if is_truth_column(design, response) else design.levels.get(response, ())
    )
    others = [level for level in levels if level != design.success]
    other = f"; the other outcome is {others[0]}" if others else ""
    return (f"Success: {printed_names(design)[response]} = {design.success}{other}.",)


def reference_sentences(design: Design, one: Predictor | None = None) -> tuple[str, ...]:
    """What the levels of each factor are compared with; nothing for a model without factors.

    Parameters
    ----------
    design : Design
    one : Predictor, optional
        Whose factors are named; those of all predictors where left out.

    Returns
    -------
    tuple of str
    """
    called, whose = printed_names(design), one or design
    levels = ", ".join(f"{called[name]} = {level}" for name, level in whose.references.items())
    about = (f"Reference levels: {levels}.",) if levels else ()
    link = one.link if one else design.spec.link
    scale = "" if link.linear else f", on the {link.scale} scale"
    return about + tuple(
        f"{called[name]}: each level's difference from the mean of the levels{scale}; that of "
        f"{level} is minus the sum of the others."
        for name, level in whose.centred.items()
    )
