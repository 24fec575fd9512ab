"""What a parameter of a family is: its links, its words and its default priors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bayesglmm.families.default import Default


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a family: its location, or another, such as the shape of a negative binomial.

    Attributes
    ----------
    name : str
        Its name in the graph, in the draws and in tables.
    links : tuple of str
        Links that its linear predictor may have, the default first.
    meaning : str
        What it is, in words.
    symbol : str
        Its letter in equations.
    prior : Default or None
        Its default prior where it is one number for all rows; None for the mean.
    intercept : Default or None
        The default prior of the intercept of its formula, link scale; None for the mean.
    start : callable
        Standard deviation of the responses to a value to begin with.
    power : int or None
        The variance of a response is linear in this power of it; None where it is in none, and
        for the mean.
    of_mean : int or str
        The power of the mean that it multiplies there: 2 for ``mean^2 / alpha``; the name of the
        parameter that is the power.
    averaged : callable or None
        (eta, variance) to the value at which the variance of a response is its mean over a normal
        linear predictor of this parameter, where that is not told by `power`.
    infinite : bool
        Whether the mean variance of a response over a normal linear predictor of it is infinite,
        however little that varies.
    dispersion : bool
        Whether it says how far a row lies from its mean.
    precision : bool
        Whether rows lie the nearer to their mean the larger it is.
    word : str
        What it is called as an argument of the distribution, such as ``"shape"``; empty where the
        letter, to the `power` if that is above 1, stands alone.
    event : str
        What it is the probability of, such as ``"a structural zero"``, or the odds of, such as
        ``"red against blue"``; empty for others.
    complements : mapping
        Package to what it calls one less this parameter, a probability.
    constant : float or None
        Its value where it has no formula; None where it is then estimated, as one number.
    main : bool
        Whether it has the model's own formula unless one of its own is written, and the default
        priors of the location.
    elsewhere : mapping
        Package to what it calls the parameter, where that is another name.
    support : str
        The support that priors of it have, as in `Prior.support`: ``"unit"`` between 0 and 1.
    """

    name: str
    links: tuple[str, ...]
    meaning: str
    symbol: str
    prior: Default | None = None
    intercept: Default | None = None
    start: Callable[[float], float] = lambda spread: 1.0
    power: int | None = None
    of_mean: int | str = 0
    averaged: Callable[[Any, Any], Any] | None = None
    infinite: bool = False
    dispersion: bool = False
    precision: bool = False
    word: str = ""
    event: str = ""
    complements: Mapping[str, str] = field(default_factory=dict)
    constant: float | None = None
    main: bool = False
    support: Literal["real", "positive", "unit", "one to two"] = "positive"
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """The meaning without what is explained after a semicolon, to stand in a sentence."""
        return self.meaning.partition(";")[0]
