"""Notes that tables share: what the interval is, what levels are compared with, what is aliased."""

from __future__ import annotations

from bayesglmm.design.design import Design


def interval_note(mass: float) -> str:
    """The kind and mass of the intervals, in words."""
    return f"Posterior median and {100 * mass:g} % equal-tailed credible interval."


def reference_notes(design: Design) -> tuple[str, ...]:
    """Which level each factor is compared with, and what a binary response counts."""
    notes = []
    if design.references:
        levels = ", ".join(f"{name} = {level}" for name, level in design.references.items())
        notes.append(f"Reference levels: {levels}.")
    if design.success:
        notes.append(f"Success: {design.spec.formula.response} = {design.success}.")
    return tuple(notes)


def alias_notes(design: Design) -> tuple[str, ...]:
    """Which columns were left out because others determine them."""
    return tuple(
        f"Not identified: {alias}. The column adds nothing to the others and was left out."
        for alias in design.predictor.fixed.aliased
    )
