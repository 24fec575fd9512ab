"""What a model's numbers are about: which outcome is the success, which level is compared with."""

from __future__ import annotations

from collections.abc import Iterator

from bayesglmm.design.called import printed_names
from bayesglmm.design.design import Design
from bayesglmm.design.given import is_truth


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
    levels = ("False", "True") if is_truth(design, response) else design.levels.get(response, ())
    others = [level for level in levels if level != design.success]
    other = f"; the other outcome is {others[0]}" if others else ""
    return (f"Success: {response} = {design.success}{other}.",)


def reference_sentences(design: Design) -> tuple[str, ...]:
    """What each factor's levels are compared with; nothing for a model without factors.

    Parameters
    ----------
    design : Design

    Returns
    -------
    tuple of str
    """
    called = printed_names(design)
    levels = ", ".join(f"{called[name]} = {level}" for name, level in design.references.items())
    about = (f"Reference levels: {levels}.",) if levels else ()
    centred = dict.fromkeys(called[name] for name in _sum_coded(design))
    return (*about, *(f"{name}: each level against the mean of all levels." for name in centred))


def _sum_coded(design: Design) -> Iterator[str]:
    """Factors whose columns are -1 in the rows of the level left out, as in ``C(f, Sum)``."""
    fixed = design.predictor.fixed
    for term in fixed.terms:
        first = term.products[0][0]
        columns = fixed.values[:, [fixed.names.index(name) for name in term.columns]]
        if not term.is_interaction and first.factor and (columns == -1).all(axis=1).any():
            yield term.name
