"""Words that tables share: the interval, the mean, what levels are compared with, aliases."""

from __future__ import annotations

from bayesglmm.design.called import printed_names
from bayesglmm.design.coding import coding_sentences, success_sentences
from bayesglmm.design.design import Design
from bayesglmm.spec.model import per_words


def interval_note(mass: float) -> str:
    """The kind and mass of the intervals, in words."""
    return f"Posterior median and {100 * mass:g} % equal-tailed credible interval."


def reference_notes(design: Design) -> tuple[str, ...]:
    """Which level each factor is compared with, and what a binary response counts."""
    return coding_sentences(design)


def success_notes(design: Design) -> tuple[str, ...]:
    """What a binary response counts; nothing for others."""
    return success_sentences(design)


def mean_name(design: Design) -> str:
    """What the mean of the response is called in full.

    Parameters
    ----------
    design : Design

    Returns
    -------
    str
        Such as ``"rate per 100,000 births"``, ``"mean count"`` or ``"probability"``.
    """
    spec = design.spec
    if spec.exposure is not None:
        return f"rate {per_words(spec.per, spec.exposure)}"
    column = mean_column(design)
    full = {"count": "mean count", "mean": f"mean {spec.formula.response}"}
    return full.get(column, column)


def mean_column(design: Design) -> str:
    """The column of that mean in tables: rate, count, probability or mean."""
    baseline = design.measure.baseline
    return "count" if baseline == "rate" and design.spec.exposure is None else baseline


def alias_notes(design: Design) -> tuple[str, ...]:
    """Which columns were left out because others determine them."""
    called = printed_names(design)
    return tuple(
        f"Not identified: {alias.words(called)} in the rows of the data, so the column was left "
        "out."
        for alias in design.predictor.fixed.aliased
    )
