"""Ways to compare two means: their difference, their ratio, the ratio of their odds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bayesglmm.design.design import Design
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.arguments import check_word
from bayesglmm.posterior.estimands.asked import Mean

type ComparisonScale = Literal["difference", "ratio", "or"]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to compare two means.

    Attributes
    ----------
    name : str
    combine : callable
        (low, high) to the comparison.
    no_effect : float
    sign : str
        Between the two values in labels.
    """

    name: ComparisonScale
    combine: Callable[[Array, Array], Array]
    no_effect: float
    sign: str


WAYS: dict[str, Way] = {
    "difference": Way("difference", lambda low, high: high - low, 0.0, "-"),
    "ratio": Way("ratio", lambda low, high: high / low, 1.0, "/"),
    "or": Way("or", lambda low, high: high * (1 - low) / (low * (1 - high)), 1.0, "/"),
}


RATIOS = {
    "probability": "risk ratio",
    "rate": "rate ratio",
    "expected count": "ratio of expected counts",
    "mean": "ratio of means",
    "median": "ratio of medians",
}
"""What a ratio of two means is called, by the first words of the mean."""


def comparison_words(scale: str, mean: Mean) -> str:
    """What a comparison of two means is.

    Parameters
    ----------
    scale : str
        One of `WAYS`.
    mean : Mean

    Returns
    -------
    str
        Such as ``"risk ratio"``, ``"odds ratio of a structural zero"`` or ``"difference in rate per
        100,000 births"``.
    """
    if scale == "or":
        return f"odds ratio of {mean.event}" if mean.event else "odds ratio"
    if scale == "difference":
        return f"difference in {mean.words}"
    named = (
        f"{name}{mean.whose}" for start, name in RATIOS.items() if mean.words.startswith(start)
    )
    return next(named, f"ratio of {mean.words}")


def find_way(design: Design, scale: str, mean: Mean) -> Way:
    """The way to compare means that a word asks for.

    Raises
    ------
    SpecError
        If the word is unknown, or the means have no odds.
    """
    check_word("scale", scale, WAYS)
    if scale == "or" and not mean.probability:
        if mean.is_response(design):
            raise SpecError(
                f"scale='or' compares probabilities, but the {design.spec.family.name} family has "
                "none. Write scale='ratio'."
            )
        what = ", ".join(mean.parameters)
        raise SpecError(f"scale='or' compares probabilities, not {what}. Write 'ratio'.")
    return WAYS[scale]
