"""Words that tables share: the interval, the mean, what levels are compared with, aliases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.coding_sentences import reference_sentences, success_sentences
from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.design.predictor import Predictor
from bayesglmm.design.splines import Beyond, beyond_knots
from bayesglmm.engine.draws import Run
from bayesglmm.families.links import Array


def interval_note(mass: float) -> str:
    """The kind and mass of the intervals, in words."""
    return f"Posterior median and {100 * mass:g} % equal-tailed credible interval."


def reference_notes(design: Design, predictor: Predictor | None = None) -> tuple[str, ...]:
    """What a binary response counts, and which level each factor, or each of one predictor, has."""
    return (*success_sentences(design), *reference_sentences(design, predictor))


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
    spec, column = design.spec, mean_column(design)
    response = printed_names(design)[spec.formula.response_name]
    full = {"count": "mean count", "mean": f"mean {response}"}
    what = f"rate {spec.per_words}" if spec.exposure is not None else full.get(column, column)
    what = "probability of each category" if spec.family.support.categories else what
    return f"{what} {spec.family.with_zeros}".rstrip()


def mean_column(design: Design) -> str:
    """The column of that mean in tables: rate, count, probability or mean."""
    baseline = design.spec.family.support.baseline
    return "count" if baseline == "rate" and design.spec.exposure is None else baseline


def of_each(
    predictors: Sequence[Predictor], notes: Callable[[Predictor], Iterable[str]]
) -> tuple[str, ...]:
    """Notes of several predictors: once where they are the same, else each with whose they are.

    Parameters
    ----------
    predictors : sequence of Predictor
        One at least.
    notes : callable
        Predictor to its notes.

    Returns
    -------
    tuple of str
    """
    found = [tuple(notes(one)) for one in predictors]
    if len(set(found)) == 1:
        return found[0]
    return tuple(
        f"{one.before}{note}"
        for one, several in zip(predictors, found, strict=True)
        for note in several
    )


def alias_notes(design: Design, predictor: Predictor | None = None) -> tuple[str, ...]:
    """Which columns of a predictor, else of any, were left out: others determine them."""
    called = printed_names(design)
    every = [predictor] if predictor else design.predictors.values()
    return tuple(
        f"Not identified: {alias.words(called)} in the rows of the data, so the column was left "
        "out."
        for one in every
        for alias in one.fixed.aliased
    )


def hanging_notes(design: Design, absent: str = "empty") -> tuple[str, ...]:
    """Which coefficients hang on the choice of the column that was left out.

    Parameters
    ----------
    design : Design
    absent : str
        What became of their rows: ``"empty"`` or ``"left out"``.
    """
    fixed, called = design.predictor.fixed, printed_names(design)
    lost = [called[name] for name in ("Intercept", *fixed.names) if name in fixed.entangled]
    if not lost:
        return ()
    return (
        f"Not estimable, hence {absent}: {', '.join(lost)}. Such a coefficient would hang on which "
        "of the dependent columns was left out; fixef() shows what was sampled.",
    )


def link_scales(predictors: Iterable[Predictor]) -> str:
    """The link scale of each predictor, such as ``"link (response), link (log) for sigma"``."""
    return ", ".join(
        f"link ({one.link.scale}){f' for {one.parameter.name}' if one.prefix else ''}"
        for one in predictors
    )


def parameter_scales(design: Design) -> str:
    """The scales of all parameters but the group effects."""
    several = link_scales([design.predictor, *design.modelled.values()])
    return f"{several}; standard deviations as they are"


def left_out(run: Run) -> str:
    """What an estimand of the formula leaves out, to end it with: the user's parts of the graph."""
    if not run.extensions:
        return ""
    return f"; without {', '.join(run.extensions)}, which the graph was extended by"


def may_be_negative(design: Design) -> bool:
    """Whether the link lets the mean of a count fall below 0."""
    return design.spec.family.support.positive and design.spec.link.linear


def below_zero_notes(design: Design, shares: Array) -> tuple[str, ...]:
    """How many means of counts lie below 0, and in how many draws.

    Parameters
    ----------
    design : Design
    shares : array of shape (k,)
        Share of the draws below 0, of each mean of a table.

    Returns
    -------
    tuple of str
        Empty where no draw is.
    """
    below = int(np.count_nonzero(shares > 0))
    if not below or not may_be_negative(design):
        return ()
    what = "rate" if design.spec.exposure else "expected count"
    many = f"In {below:,} of {len(shares):,} rows the" if len(shares) > 1 else "The"
    most, up_to = 100 * float(shares.max()), "up to " if below > 1 else ""
    share = "less than 0.1" if most < 0.1 else f"{most:.2g}" if most < 99.5 else f"{most:.0f}"
    return (
        f"{many} {what} lies below 0 in {up_to}{share} % of the draws, which no {what} can: the "
        "identity link does not prevent it. Under link='log' or 'sqrt' it cannot happen.",
    )


def knot_notes(*sides: Design, cell: NDArray[np.int64] | None = None) -> tuple[str, ...]:
    """Which splines are asked for beyond their outermost knots, in how many rows, and how far.

    Parameters
    ----------
    *sides : Design
        The rows of an answer; several where they are compared.
    cell : array of int, optional
        Row of each line of the answer, where these are not one for one.

    Returns
    -------
    tuple of str
        One for each such spline; empty where there is none.
    """
    found: dict[str, list[Beyond]] = {}
    for side in sides:
        called = printed_names(side)
        for beyond in beyond_knots(side):
            found.setdefault(called[beyond.name], []).append(beyond)
    return tuple(_knot_note(name, beyond, cell) for name, beyond in found.items())


def _knot_note(name: str, several: list[Beyond], cell: NDArray[np.int64] | None) -> str:
    first = several[0]
    outside = np.any([beyond.outside for beyond in several], axis=0)
    outside = outside if cell is None else outside[cell]
    values = np.concatenate([beyond.values for beyond in several])
    lowest, highest = values.min(), values.max()
    reach = [f"down to {lowest:.4g}"] if lowest < first.lower else []
    reach += [f"up to {highest:.4g}"] if highest > first.upper else []
    rows = f"{np.count_nonzero(outside):,} of {len(outside):,} rows"
    where = f"In {rows}" if len(outside) > 1 else "In this row"
    return (
        f"{where} {name} is asked for beyond its outermost knots, {first.lower:.4g} and "
        f"{first.upper:.4g} ({' and '.join(reach)}): there its last polynomials are extrapolated, "
        "which no row of the data supports."
    )
