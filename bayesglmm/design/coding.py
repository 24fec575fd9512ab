"""What a model's numbers are about: which outcome is the success, which level is compared with."""

from __future__ import annotations

from bayesglmm.design.design import Design


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
    others = [level for level in design.levels.get(response, ()) if level != design.success]
    other = f"; the other outcome is {others[0]}" if others else ""
    return (f"Success: {response} = {design.success}{other}.",)


def reference_sentences(design: Design) -> tuple[str, ...]:
    """Which level each factor is compared with; nothing for a model without factors.

    Parameters
    ----------
    design : Design

    Returns
    -------
    tuple of str
    """
    levels = ", ".join(f"{name} = {level}" for name, level in design.references.items())
    return (f"Reference levels: {levels}.",) if levels else ()
