"""Which mean of a row is meant: of the response, a parameter, or of being 0; for which groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import DataError, SpecError
from bayesglmm.families import Link, Rows
from bayesglmm.families.chances import Chances
from bayesglmm.families.links import Array
from bayesglmm.families.variance import Parameters
from bayesglmm.posterior.arguments import check_exposure, check_word
from bayesglmm.posterior.hypotheses import Hypothesis

type Effects = Literal["typical", "observed", "integrate"]
type Scale = Literal["response", "link"]
type Kind = Literal["mean", "zero", "score"]

EFFECTS = ("typical", "observed", "integrate")


class AverageOptions(TypedDict, total=False):
    """Options of `predictions`, `comparisons` and `slopes` that do not differ between them."""

    kind: Kind
    exposure: float | None
    re: Effects
    weights: str | None
    parameter: str | None
    mass: float
    hypothesis: Hypothesis | None
    null: float | None
    rope: tuple[float, float] | None
    joint: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Which mean of a row is asked for, in the words of the public calls.

    Attributes
    ----------
    effects : str
        Their ``re=``.
    scale : str
        ``"response"`` or ``"link"``.
    kind : str
        ``"mean"``, ``"zero"`` or ``"score"``.
    exposure : float or None
        Of every row; the spec's `per` where None.
    parameter : str or None
        A parameter of the family in place of the response, such as ``"sigma"``.
    """

    effects: Effects
    scale: Scale = "response"
    kind: Kind = "mean"
    exposure: float | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Mean:
    """Which mean of a row is meant.

    Attributes
    ----------
    effects : str
        ``"typical"`` (group effects at zero), ``"observed"`` (each row's own groups, unseen ones
        drawn from the population) or ``"integrate"`` (over new groups).
    scale : str
        ``"response"`` or ``"link"``.
    unit : float
        Exposure of every row; 1 for a model without.
    words : str
        What it is, such as ``"rate per 100,000 births"``.
    parameters : tuple of str
        The parameters of the family that it is made of, one of which it may be.
    function : callable or None
        (value of the location, rows, other parameters) to what is meant, where that is not one
        parameter itself.
    whose : str
        Of which responses it is where not of all, or that it is of the zeros too, as `words` ends;
        empty where there is nothing to say.
    probability : bool
        Whether it is one, whose odds may be compared.
    event : str
        What it is the probability of, such as ``"a structural zero"``; empty where that is the
        success of the response.
    category : str
        Of the response, whose probability it is; empty where the response has none.
    """

    effects: Effects
    scale: Scale
    unit: float
    words: str
    parameters: tuple[str, ...]
    function: Callable[[Any, Rows, Parameters], Array] | None = None
    whose: str = ""
    probability: bool = False
    event: str = ""
    category: str = ""

    def predictors(self, design: Design) -> list[Predictor]:
        """The linear predictors that it is made of, the one that tells most first."""
        return [design.predictors[name] for name in self.parameters]

    def groups(self, design: Design) -> list[Group]:
        """The group terms in them."""
        return [group for one in self.predictors(design) for group in one.groups]

    def gaps(self, design: Design) -> Array:
        """What the data do not tell of the rows, in all of them; see `Predictor.gaps`."""
        return np.concatenate([one.gaps for one in self.predictors(design)], axis=1)

    def is_linear(self, design: Design) -> bool:
        """Whether it is a linear predictor itself."""
        (first, *_) = self.predictors(design)
        return self.function is None and (self.scale == "link" or first.link.linear)

    def link(self, design: Design) -> Link | None:
        """The link that makes it of one linear predictor; None where it is made of several."""
        (first, *_) = self.predictors(design)
        return first.link if self.function is None else None

    def is_response(self, design: Design) -> bool:
        """Whether it is the mean of the response, or of some of the responses."""
        own = design.spec.family.location.name
        return self.parameters[0] == own and self.scale == "response" and not self.probability


def make_means(design: Design, asked: Asked) -> list[Mean]:
    """Say what is asked for: one mean, or the probability of each category of the response.

    Parameters
    ----------
    design : Design
        The model's own.
    asked : Asked

    Returns
    -------
    list of Mean
        As from `make_mean`.

    Raises
    ------
    SpecError
        If a word is unknown or the exposure cannot be used.
    """
    mean = _make(design, asked)
    chances, levels = design.spec.family.chances, design.spec.family.support.levels
    if chances is None or not mean.probability:
        return [mean]
    return [
        replace(mean, function=_chance_of(chances, k), category=level)
        for k, level in enumerate(levels)
    ]


def _chance_of(chances: Chances, k: int) -> Callable[[Any, Rows, Parameters], Array]:
    return lambda value, _, parameters: chances.one(k, value, parameters)


def make_mean(design: Design, asked: Asked) -> Mean:
    """Say which mean is meant, and check that the model has it.

    Parameters
    ----------
    design : Design
        The model's own.
    asked : Asked

    Returns
    -------
    Mean

    Raises
    ------
    SpecError
        If a word is unknown or the exposure cannot be used.
    """
    mean = _make(design, asked)
    if mean.probability and design.spec.family.chances is not None:
        raise SpecError(design.spec.family.without_mean)
    return mean


def _make(design: Design, asked: Asked) -> Mean:
    """As `make_mean`, and the probability of categories before it is said of which."""
    spec = design.spec
    check_word("re", asked.effects, EFFECTS)
    check_word("scale", asked.scale, ("response", "link"))
    check_word("kind", asked.kind, ("mean", "zero", "score"))
    own = spec.family.location.name
    if asked.kind == "zero":
        return _zero_chance(design, asked)
    if asked.kind == "score":
        return _score(design, asked)
    if asked.parameter not in (None, own):
        return _other_mean(design, asked, str(asked.parameter))
    check_exposure(asked.exposure, spec.exposure is not None)
    if asked.scale == "link" and spec.family.location.main:
        return _other_mean(design, asked, own)
    if asked.scale == "link":
        words = f"linear predictor ({spec.link.scale} scale)"
        words += ", exposure left out" if spec.exposure else ""
        return Mean(asked.effects, "link", 1.0, words, (own,))
    if spec.family.chances is not None:
        return _chance(design, asked)
    unit, words = _unit(design, asked)
    mean = Mean(
        asked.effects, "response", unit, words, (own,), probability=spec.family.support.below_one
    )
    if spec.family.expected is None:
        return mean
    if asked.parameter == own:
        return _location(design, mean)
    whose = f" {spec.family.with_zeros}" if spec.family.with_zeros else ""
    whole = replace(mean, words=f"{words}{whose}", whose=whose)
    return replace(whole, parameters=spec.family.of_mean, function=spec.family.expected)


def _location(design: Design, mean: Mean) -> Mean:
    """The location of a family whose mean is made of several parameters."""
    family = design.spec.family
    if not family.whose_mean:
        return replace(mean, words=design.measure.baseline)
    whose = f", {family.whose_mean}"
    return replace(mean, words=f"{mean.words}{whose}", whose=whose)


def _chance(design: Design, asked: Asked) -> Mean:
    """The probability of a category; `make_means` says of which."""
    location = design.spec.family.location
    if asked.parameter is not None and not location.main:
        raise SpecError(
            f"{asked.parameter} is a location on the latent scale: write scale='link', or leave "
            f"parameter= out for the probabilities of the categories."
        )
    if asked.parameter is not None:
        return replace(_other_mean(design, asked, location.name), category="")
    names = tuple(design.predictors)
    return Mean(
        asked.effects,
        "response",
        1.0,
        "probability",
        names,
        probability=True,
        event="each category",
    )


def _score(design: Design, asked: Asked) -> Mean:
    """The mean of ordered categories that are counted 1, 2, 3, ..."""
    family = design.spec.family
    chances = family.chances
    if chances is None or not family.support.ordered:
        raise SpecError(
            f"kind='score' numbers ordered categories; the {family.name} family has none."
        )
    if asked.scale == "link" or asked.parameter is not None:
        raise SpecError("kind='score' is a mean of the response. Leave the rest out.")
    check_exposure(asked.exposure, False)
    words = f"mean score ({family.support.levels[0]} is 1, {family.support.levels[-1]} is "
    words += f"{chances.count})"

    def score(value: Any, _: Rows, parameters: Parameters) -> Array:
        each = (chances.one(k, value, parameters) for k in range(1, chances.count))
        return np.asarray(1.0 + sum(k * share for k, share in enumerate(each, start=1)))

    return Mean(asked.effects, "response", 1.0, words, tuple(design.predictors), score)


def _unit(design: Design, asked: Asked) -> tuple[float, str]:
    """Exposure that the mean of a response is for, and what the mean is called."""
    spec = design.spec
    if spec.exposure is None:
        return 1.0, spec.family.support.mean
    if asked.exposure is None:
        return spec.per, f"rate {spec.per_words}"
    words = f"expected count at {float(asked.exposure):,g} {spec.exposure_name}"
    return float(asked.exposure), words


def _zero_chance(design: Design, asked: Asked) -> Mean:
    """The probability that a response is 0."""
    spec, family = design.spec, design.spec.family
    if asked.scale == "link" or asked.parameter is not None:
        raise SpecError("kind='zero' is a probability of the response. Leave the rest out.")
    if not family.has_zeros:
        raise SpecError(
            f"No response of the {family.name} family is 0: there is no such probability."
        )
    check_exposure(asked.exposure, spec.exposure is not None)
    unit, words = _unit(design, asked)[0], "probability of 0"
    if spec.exposure is not None:
        words += f" at {unit:,g} {spec.exposure_name}"
    names = tuple(parameter.name for parameter in family.parameters)

    def chance(value: Any, rows: Rows, parameters: Parameters) -> Array:
        if rows.trials is None:
            raise DataError(f"Add the number of trials: the column '{spec.formula.trials}'.")
        return family.below(0.0, value, rows, parameters)

    return Mean(
        asked.effects, "response", unit, words, names, chance, probability=True, event="a 0"
    )


def _other_mean(design: Design, asked: Asked, parameter: str) -> Mean:
    """A parameter of the family beside the location, in place of the response."""
    check_word("parameter", parameter, tuple(design.predictors))
    if asked.exposure is not None:
        raise SpecError(f"exposure= is of the mean, not of {parameter}. Leave it out.")
    predictor = design.predictors[parameter]
    words = f"{parameter} ({predictor.parameter.short})"
    if asked.scale == "link":
        own = predictor.parameter
        what = f"{predictor.link.scale} {f'of {own.short}' if own.main else 'scale'}"
        words = f"linear predictor of {parameter} ({what})"
    chance = predictor.parameter.support == "unit"
    return Mean(
        asked.effects,
        asked.scale,
        1.0,
        words,
        (parameter,),
        probability=chance,
        event=predictor.parameter.event,
    )
