"""A second opinion: the same model in bambi, and the two log densities side by side.

The only importer of bambi, and of bambi only ``Model``, ``Prior``, ``build()`` and
``backend.model``. What is compared is the joint log density at points of the unconstrained space,
with its gradient: two graphs that agree on both sample from one posterior.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from bayesglmm.design.columns import Columns
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families import Prior
from bayesglmm.families.links import Array
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.graph.priors import CENTERED_INTERCEPT, ChosenPrior
from bayesglmm.spec.formula import Formula
from bayesglmm.spec.functions import NUMPY_FUNCTIONS

if TYPE_CHECKING:
    import bambi
    import pymc as pm

type Point = dict[str, Array]
type Density = Callable[[Point], tuple[float, Point]]

TOLERANCE = 1e-9
"""Relative difference up to which two densities, or two gradients, are the same."""

PROBIT_TOLERANCE = 1e-6
"""The same for the probit link: bambi takes the square root of 2 in single precision there."""

SPREAD = 0.2
"""Standard deviation of the random points about the starting point.

bambi passes by the probability itself, and 1 - p loses digits as p nears 1: points further out
would measure bambi's rounding.
"""

_FAMILIES = {
    "gaussian": ("gaussian", "mu"),
    "bernoulli": ("bernoulli", "p"),
    "binomial": ("binomial", "p"),
    "poisson": ("poisson", "mu"),
    "negative_binomial": ("negativebinomial", "mu"),
}
"""Our families: bambi's name, and the parameter that its linear predictor models."""

_LINKS = ("identity", "log", "logit", "probit", "cloglog")


class Described(Protocol):
    """What a second opinion needs of a model; a `Model` and a `Fit` have it."""

    @property
    def design(self) -> Design:
        """The spec met by data."""

    @property
    def priors(self) -> Mapping[str, ChosenPrior]:
        """The prior of every parameter."""

    @property
    def forms(self) -> Mapping[str, Parametrization]:
        """The form of every group term."""

    @property
    def pymc(self) -> pm.Model:
        """The PyMC graph."""


@dataclass(frozen=True, slots=True)
class DensityComparison:
    """How far two graphs of one model are apart.

    Attributes
    ----------
    points : int
        Number of random points.
    log_density : float
        Largest difference of the joint log density, relative to its size (to 1 where smaller).
    gradient : float
        Largest difference of the gradient, relative to the largest element of its variable
        (to 1 where smaller), on the unconstrained scale that our graph samples on.
    variable : str
        The variable with that largest difference, as bambi's graph names its value.
    tolerance : float
        `TOLERANCE`, or `PROBIT_TOLERANCE` for the probit link.
    """

    points: int
    log_density: float
    gradient: float
    variable: str
    tolerance: float

    @property
    def agree(self) -> bool:
        """Whether both differences are within the tolerance."""
        return self.log_density <= self.tolerance and self.gradient <= self.tolerance


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """A free variable of bambi's graph and what it is in ours.

    Attributes
    ----------
    theirs : str
    ours : tuple of str
        One name; several, to be stacked along a last axis, where `stacked`.
    scale : array
        Ours is theirs times this.
    stacked : bool
    """

    theirs: str
    ours: tuple[str, ...]
    scale: Array
    stacked: bool = False

    def join(self, values: Point) -> Array:
        """Our values in the shape of theirs, on our scale."""
        found = [np.asarray(values[name], dtype=float) for name in self.ours]
        return np.stack(found, axis=-1) if self.stacked else found[0]


def to_bambi(model: Described) -> bambi.Model:
    """The same model in bambi, built.

    Parameters
    ----------
    model : Described
        A `Model` or a `Fit`.
        Its chosen priors and its centred or non-centred forms are carried over, one by one;
        bambi's automatic scaling is off.

    Returns
    -------
    bambi.Model
        On ``model.design.data``, whose factors are ordered categoricals, with one more column for
        every grouping factor of several columns, such as ``"practice:physician"`` (bambi would
        otherwise make a group of every combination, also of those that do not occur). A binary
        response of two labels is 0 or 1.

    Raises
    ------
    SpecError
        If bambi cannot say the model; says why.
    """
    check_sayable(model.design)
    import bambi

    spec = model.design.spec
    family, parent = _FAMILIES[spec.family.name]
    others = {name: _priors_of(model, name) for name in list(model.design.predictors)[1:]}
    functions = {name: getattr(np, name) for name in NUMPY_FUNCTIONS}
    try:
        built = bambi.Model(
            bambi.Formula(*_formulas(model.design)),
            _data(model.design),
            family=family,
            link=spec.link.name,
            priors={parent: _term_priors(model, model.design.predictor), **others},
            auto_scale=False,
            extra_namespace={**functions, "np": np},
        )
        built.build()
    except Exception as error:  # formulae raises many kinds, some of them bare
        raise SpecError(f"bambi cannot build '{spec.text}': {error}") from error
    return built


def compare_densities(
    model: Described, bambi_model: bambi.Model, points: int = 3, seed: int = 0
) -> DensityComparison:
    """Evaluate both graphs, log density and gradient, at random points.

    Parameters
    ----------
    model : Described
        A `Model` or a `Fit`.
    bambi_model : bambi.Model
        Built, from `to_bambi` or of the user's own making.
    points : int
        Number of random points, drawn about the starting point of our graph.
    seed : int

    Returns
    -------
    DensityComparison

    Raises
    ------
    SpecError
        If the two graphs have not the same free variables, or no point can be found at which
        both densities are finite.

    Notes
    -----
    Both log densities include the Jacobian of the log transform of positive parameters. Where
    ours is sampled per standard deviation, ``x_scaled = scale * x``, its density is that of ``x``
    divided by `scale`, a constant.
    """
    pairs = _pairs(model, bambi_model.backend.model)
    ours, theirs = _density(model.pymc), _density(bambi_model.backend.model)
    constant = sum(float(np.sum(np.log(pair.scale))) for pair in pairs)
    rng = np.random.default_rng(seed)
    start = model.pymc.initial_point()
    apart = 0.0
    slopes: list[tuple[float, str]] = [(0.0, "")]
    for _ in range(points):
        point = _finite_point(start, rng, pairs, ours, theirs)
        value, gradient = ours(point)
        their_value, their_gradient = theirs(_translate(point, pairs))
        apart = max(apart, _apart(np.asarray(value + constant), np.asarray(their_value)))
        slopes += [
            (_apart(pair.join(gradient), their_gradient[pair.theirs] / pair.scale), pair.theirs)
            for pair in pairs
        ]
    worst, variable = max(slopes)
    tolerance = PROBIT_TOLERANCE if model.design.spec.link.name == "probit" else TOLERANCE
    return DensityComparison(points, apart, worst, variable, tolerance)


def check_sayable(design: Design) -> None:
    """Refuse what bambi has no words for.

    Parameters
    ----------
    design : Design

    Raises
    ------
    SpecError
        With the reason.
    """
    spec, predictors = design.spec, list(design.predictors.values())
    if spec.family.name not in _FAMILIES:
        raise SpecError(f"bambi's {spec.family.name} family has not been compared with ours.")
    if design.rows.upper is not None:
        raise SpecError(
            "bambi has no counts of which only bounds are known, as some of "
            f"{spec.formula.response_name} are."
        )
    if spec.link.name not in _LINKS:
        raise SpecError(f"bambi has no {spec.link.name} link for the {spec.family.name} family.")
    if spec.exposure is not None and spec.link.name != "log":
        raise SpecError(
            f"bambi has no exposure. It can be said as an offset with the log link, "
            f"but this model has the {spec.link.name} link."
        )
    for group in (group for one in predictors for group in one.groups):
        if group.correlated:
            raise SpecError(
                f"bambi has no correlated group effects, as those of '{group.name}' are. "
                "Write || for | to leave the correlations out."
            )
    aliased = [alias for one in predictors for alias in one.fixed.aliased]
    if aliased:
        raise SpecError(
            "bambi keeps a column that others determine, which this model leaves out: "
            f"{aliased[0]}. Take it out of the formula."
        )
    named = [
        *(name for one in predictors for name in one.fixed.names),
        *(name for one in predictors for group in one.groups for name in group.columns),
    ]
    slashed = [name.replace("÷", "/") for name in named if "÷" in name]
    if slashed:
        raise SpecError(
            f"bambi cannot name a term with a slash, such as '{slashed[0]}'. "
            "Make it a column of the data."
        )


def _formulas(design: Design) -> Iterator[str]:
    """The formulas in bambi's grammar, where a bar's effects are never correlated."""
    formula = design.spec.formula
    terms = [_right_side(formula)]
    if design.spec.exposure is not None:
        terms.append(f"offset(log({_quoted(design.spec.exposure)}))")
    response = _quoted(formula.suppression.column) if formula.suppression else formula.response
    yield f"{response} ~ {' + '.join(terms)}"
    for name in design.modelled:
        yield f"{name} ~ {_right_side(design.spec.formulas[name])}"


def _right_side(formula: Formula) -> str:
    bars = [f"({bar.columns} | {_quoted(bar.factor)})" for bar in formula.bars]
    return " + ".join([formula.fixed, *bars])


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"


def _data(design: Design) -> pd.DataFrame:
    data, formula = design.data.copy(), design.spec.formula
    for group in design.groups:
        if len(group.factors) > 1:
            levels = pd.Index(group.levels)
            data[group.factor] = pd.Categorical.from_codes(group.index, levels, ordered=True)
    response = formula.successes or formula.response_name.strip("`")
    if response in data and design.spec.family.support.discrete:
        data[response] = np.asarray(design.rows.y, dtype=np.int64)
    if formula.trials in data:
        data[formula.trials] = np.asarray(design.rows.trials, dtype=np.int64)
    return data


def _priors_of(model: Described, parameter: str) -> bambi.Prior | dict[str, bambi.Prior]:
    """The prior of a parameter beside the mean, or those of its formula."""
    predictor = model.design.predictors[parameter]
    if predictor.is_number:
        return _prior([model.priors[parameter].prior], parameter, False)
    return _term_priors(model, predictor)


def _term_priors(model: Described, predictor: Predictor) -> dict[str, bambi.Prior]:
    """Priors of a linear predictor by bambi's term names."""
    import bambi

    chosen, own = model.priors, predictor.variable
    priors: dict[str, bambi.Prior] = {}
    if predictor.fixed.intercept:
        priors["Intercept"] = _prior([chosen[own("Intercept")].prior], "Intercept", False)
    for name, columns, vector in _terms(predictor.fixed):
        priors[name] = _prior([chosen[own(column)].prior for column in columns], name, vector)
    for group in predictor.groups:
        sd_of = dict(zip(group.columns, group.sds, strict=True))
        for name, columns, vector in _group_terms(group):
            sds = [chosen[sd_of[column]].prior for column in columns]
            priors[name] = bambi.Prior(
                "Normal",
                mu=0,
                sigma=_prior(sds, f"{name}_sigma", vector),
                noncentered=not model.forms[group.name].centered,
            )
    return priors


def _prior(own: list[Prior], name: str, vector: bool) -> bambi.Prior:
    """One prior of bambi's for a whole term; arguments are arrays where it has several columns."""
    import bambi

    kinds = sorted({prior.name for prior in own})
    if len(kinds) > 1:
        raise SpecError(
            f"bambi has one kind of prior for a term, but the columns of '{name}' have several: "
            f"{', '.join(kinds)}."
        )
    rows = [dict(prior.arguments) for prior in own]
    if not vector:
        return bambi.Prior(kinds[0], **rows[0])
    return bambi.Prior(kinds[0], **{key: np.array([row[key] for row in rows]) for key in rows[0]})


def _terms(columns: Columns) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each term: its name in bambi, its columns, and whether it is a vector."""
    for term in columns.terms:
        yield term.name, term.columns, term.levels is not None


def _group_terms(group: Group) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each term left of a bar: its name in bambi, our columns, and whether it is a vector."""
    if group.encoder.intercept:
        yield f"1|{group.factor}", ("1",), False
    for name, columns, vector in _terms(group.encoder):
        yield f"{name}|{group.factor}", columns, vector


def _pairs(model: Described, theirs: pm.Model) -> list[_Pair]:
    """Which variable is which, by the names of their unconstrained values."""
    our_values, their_values = _value_names(model.pymc), _value_names(theirs)
    pairs = list(_named_pairs(model))
    ours = {name for pair in pairs for name in pair.ours}
    strange = sorted(ours ^ set(our_values))
    strange += sorted({pair.theirs for pair in pairs} ^ set(their_values))
    if strange:
        raise SpecError(
            "The two graphs cannot be compared, because these variables are free in one only: "
            f"{', '.join(strange)}."
        )
    return [
        _Pair(
            their_values[pair.theirs],
            tuple(our_values[name] for name in pair.ours),
            pair.scale,
            pair.stacked,
        )
        for pair in pairs
    ]


def _named_pairs(model: Described) -> Iterator[_Pair]:
    """Which variable is which, by the names of the variables."""
    for name, predictor in model.design.predictors.items():
        if predictor.is_number:
            yield _Pair(name, (name,), np.ones(()))
        else:
            yield from _pairs_of(model, predictor)


def _pairs_of(model: Described, predictor: Predictor) -> Iterator[_Pair]:
    fixed, own, one = predictor.fixed, predictor.variable, np.ones(())
    if fixed.intercept:
        ours = own(CENTERED_INTERCEPT if fixed.names else "Intercept")
        yield _Pair(own("Intercept"), (ours,), one)
    scales = dict(zip(fixed.names, fixed.scale, strict=True))
    for term, (name, columns, vector) in zip(fixed.terms, _terms(fixed), strict=True):
        scale = np.array([scales[column] for column in columns])
        sampled = own(term.name if np.all(scale == 1) else f"{term.name}_scaled")
        yield _Pair(own(name), (sampled,), scale if vector else scale[0])
    for group in predictor.groups:
        free = "" if model.forms[group.name].centered else "_offset"
        names = dict(zip(group.columns, zip(group.effects, group.sds, strict=True), strict=True))
        for name, columns, vector in _group_terms(group):
            effects = tuple(f"{names[column][0]}{free}" for column in columns)
            yield _Pair(own(f"{name}_sigma"), tuple(names[c][1] for c in columns), one, vector)
            yield _Pair(own(f"{name}{free}"), effects, one, vector)


def _value_names(graph: pm.Model) -> dict[str, str]:
    """Name of each free variable, and of its value on the unconstrained scale."""
    return {variable.name: graph.rvs_to_values[variable].name for variable in graph.free_RVs}


def _density(graph: pm.Model) -> Density:
    """Joint log density and gradient, in Python: compiling would take longer than the calls."""
    import pytensor
    from pytensor.compile.mode import Mode

    values = graph.value_vars
    names = [value.name for value in values]
    density = graph.logp()
    outputs = [density, *pytensor.grad(density, values)]
    mode = Mode(linker="py", optimizer=None)
    function: Callable[..., Any] = pytensor.function(values, outputs, mode=mode)

    def evaluate(point: Point) -> tuple[float, Point]:
        with np.errstate(all="ignore"):
            value, *gradient = function(*(point[name] for name in names))
        return float(value), dict(zip(names, gradient, strict=True))

    return evaluate


def _finite_point(
    start: Point, rng: np.random.Generator, pairs: list[_Pair], ours: Density, theirs: Density
) -> Point:
    """A random point in the support; an identity link may need one close to the start."""
    for halvings in range(30):
        spread = SPREAD / 2**halvings
        point = {
            name: value + spread * rng.normal(size=value.shape) for name, value in start.items()
        }
        if np.isfinite(ours(point)[0]) or np.isfinite(theirs(_translate(point, pairs))[0]):
            return point
    raise SpecError("Neither graph has a finite log density near its starting point.")


def _translate(point: Point, pairs: list[_Pair]) -> Point:
    """A point of our graph in bambi's variables."""
    return {pair.theirs: pair.join(point) / pair.scale for pair in pairs}


def _apart(values: Array, others: Array) -> float:
    """Largest difference, relative to the largest element (to 1 where that is smaller)."""
    if not np.isfinite(values).all() or not np.isfinite(others).all():
        return float("inf")
    difference = float(np.max(np.abs(values - others)))
    return difference / max(1.0, float(np.max(np.abs(others))))
