"""What a model's numbers are about: which outcome is the success, which level is compared with."""

from __future__ import annotations

from collections.abc import Mapping

from bayesglmm.design.design import Design
from bayesglmm.design.given import is_truth_column
from bayesglmm.design.names import printed_names
from bayesglmm.design.predictor import Predictor
from bayesglmm.spec.bounds import Truncation


def coding_sentences(design: Design) -> tuple[str, ...]:
    """What a success is, the reference levels, and what a row is: the first things to know.

    Parameters
    ----------
    design : Design

    Returns
    -------
    tuple of str
        Empty for a response that has no success and no factors.
    """
    return (
        *success_sentences(design),
        *reference_sentences(design),
        *row_sentences(design),
    )


def row_sentences(design: Design) -> tuple[str, ...]:
    """What a row is, where it is not a known response that might have been any.

    Parameters
    ----------
    design : Design

    Returns
    -------
    tuple of str
    """
    spec, called = design.spec, printed_names(design)
    found = []
    if spec.formula.truncation is not None:
        found.append(
            f"Truncated: only rows with {bounds_in_words(spec.formula.truncation, called)} are "
            "there. Means, effects and predictions are of the response without the truncation."
        )
    if spec.se is not None:
        beside = "" if design.rows.error is None else f", beside {spec.family.dispersion_name}"
        found.append(f"Known standard errors: {spec.se}{beside}.")
    if spec.survey_weights is not None:
        found.append(
            f"Survey weights: {spec.survey_weights}. A pseudo-likelihood, whose intervals are not "
            "those of the survey's design."
        )
    return tuple(found)


def bounds_in_words(bounds: Truncation, called: Mapping[str, str]) -> str:
    """What is a row, such as ``"1 <= y"``.

    Parameters
    ----------
    bounds : Truncation
    called : mapping
        Names to what readers see.

    Returns
    -------
    str
    """
    ends = [
        None if end is None else called[end] if isinstance(end, str) else f"{end:g}"
        for end in (bounds.lower, bounds.upper)
    ]
    parts = [ends[0], called[bounds.column], ends[1]]
    return " ≤ ".join(part for part in parts if part is not None)


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
