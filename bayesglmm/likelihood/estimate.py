"""Maximum likelihood of a design: by Laplace's approximation or adaptive quadrature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.engine.blas import one_blas_thread
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.likelihood import fitted, show
from bayesglmm.likelihood.exact import check_fixed, watched
from bayesglmm.likelihood.maximum import GlmFit
from bayesglmm.likelihood.modes import Modes
from bayesglmm.likelihood.objective import check_nodes, make_objective, modes_at
from bayesglmm.likelihood.optimum import Optimum, covariance, maximise, turned
from bayesglmm.likelihood.peaks import two_peaks
from bayesglmm.likelihood.point import Point, positive, take_apart
from bayesglmm.likelihood.problem import Problem, make_problem
from bayesglmm.likelihood.result import MaximumLikelihood
from bayesglmm.likelihood.scale import Scalar, jacobian, parameters, values
from bayesglmm.likelihood.start import starting_point, units, without_factors

ZERO, TINY = 1e-3, 1e-6
"""Standard deviation beside its error, or by itself where it has none, that counts as 0."""
ONE = 0.9999
"""Correlation that counts as 1."""
WIDEST = 30.0
"""Standard error of a coefficient, per standard deviation of its column, that no data leave."""
MANY = 1e6
"""Shape beyond which a negative binomial is a Poisson."""


@one_blas_thread()
def maximum_likelihood(
    design: Design, quadrature: int = 1, start: MaximumLikelihood | None = None
) -> MaximumLikelihood:
    """Estimate by maximum likelihood.

    Coefficients, spreads and the family's other parameter are found together, as in lme4 and
    glmmTMB (Bates et al. 2015; Brooks et al. 2017, R Journal 9(2)). A Gaussian response with
    identity link is exact maximum likelihood (not REML).

    Parameters
    ----------
    design : Design
    quadrature : int
        Nodes in each direction of the adaptive Gauss-Hermite rule; 1 is Laplace's approximation.
        More than 1 for one grouping factor with one or two effects.
    start : MaximumLikelihood, optional
        A fit of the same design to begin from.

    Returns
    -------
    MaximumLikelihood

    Raises
    ------
    SpecError
        If the model has no such likelihood, its effects fit a Gaussian response exactly,
        `quadrature` cannot be had, or the search ends where the group effects have no mode.
    """
    check_fixed(design)
    problem = make_problem(design)
    check_nodes(problem, quadrature)
    free = starting_point(problem) if start is None else start.optimum.free
    problem, optimum = _climbed(design, problem, quadrature, free)
    optimum = turned(optimum, positive(problem, optimum.free))
    return _result(design, problem, optimum, quadrature)


def _climbed(
    design: Design, problem: Problem, quadrature: int, free: Array
) -> tuple[Problem, Optimum]:
    """The maximum, with the shape of a negative binomial held where it grows without bound."""
    while True:
        objective = watched(design, problem, make_objective(problem, quadrature))
        optimum = maximise(objective, free, units(problem))
        other, free = problem.other, optimum.free
        if other is None or not problem.family.limit_is_infinite:
            return problem, optimum
        held = take_apart(problem, free).other > MANY
        if np.array_equal(held, other.held):
            return problem, optimum
        problem = replace(problem, other=replace(other, held=held | other.held))


def _result(
    design: Design, problem: Problem, optimum: Optimum, quadrature: int
) -> MaximumLikelihood:
    found, estimates = parameters(design), values(design, problem, optimum.free)
    turn = jacobian(design, problem, optimum.free)
    with np.errstate(invalid="ignore"):
        matrix = turn @ covariance(optimum.hessian) @ turn.T
        errors = np.sqrt(np.diag(matrix))
    point = take_apart(problem, optimum.free)
    edges = _edges(design, found, estimates, errors) | _poisson_rows(problem, found)
    for place in edges:
        matrix[place], matrix[:, place] = np.nan, np.nan
    modes = _modes(problem, optimum) if problem.factors else None
    effects = {} if modes is None else _effects(design, problem, optimum.free, modes)
    coefficients, other = _of_rows(design, problem, point, found, estimates)
    mean = fitted.fitted_means(design, coefficients, effects)
    plain = not problem.factors and not design.modelled
    number = len(coefficients)
    glm = _glm(design, problem, mean, (point.gamma, other), number) if plain else None
    return MaximumLikelihood(
        design=design,
        problem=problem,
        optimum=optimum,
        quadrature=quadrature if problem.factors else 1,
        parameters=found,
        estimates=estimates,
        covariance=matrix,
        effects=effects,
        pearson=fitted.pearson_chi_squared(design, mean, other),
        glm=glm,
        boundaries=tuple(filter(None, edges.values())),
        boundless=_boundless(design, found, optimum),
        caution="" if modes is None else two_peaks(problem, optimum.free, modes),
    )


def _of_rows(
    design: Design, problem: Problem, point: Point, found: tuple[Scalar, ...], estimates: Array
) -> tuple[Array, Array]:
    """Coefficients of the mean, and the other parameter of each row or of all."""

    def of(name: str) -> Array:
        own = [item.role == "fixed" and item.predictor == name for item in found]
        return np.asarray(estimates[own])

    mean = of(design.spec.family.location.name)
    if problem.other is None or problem.other.is_number:
        return mean, point.other
    name = problem.other.name
    return mean, fitted.fitted_other(design.predictors[name], of(name))


def _modes(problem: Problem, optimum: Optimum) -> Modes:
    modes = modes_at(problem, optimum.free)
    if modes is None:
        raise SpecError(
            "The search for the maximum of the likelihood ended where the group effects have no "
            "mode, so there are no estimates. Choose another link, such as the family's default, "
            "or fit the model: its posterior needs no maximum."
        )
    return modes


def _boundless(design: Design, found: tuple[Scalar, ...], optimum: Optimum) -> tuple[str, ...]:
    """Coefficients that the likelihood pushes without end, as it does where rows are separated."""
    if not design.spec.link.unit:
        return ()
    called = show.labels_called(design)
    names = [called[item.label] for item in found if item.role == "fixed"]
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(np.diag(covariance(optimum.hessian)))
    return tuple(name for name, error in zip(names, errors, strict=False) if error > WIDEST)


def _glm(
    design: Design, problem: Problem, mean: Array, other: tuple[Array, Array], number: int
) -> GlmFit:
    gamma, values = other
    null = fitted.null_means(design, without_factors(problem), gamma)
    return GlmFit(
        fitted.deviance(design, mean, values),
        fitted.deviance(design, null, values),
        design.n - number,
        design.n - design.predictor.fixed.intercept,
    )


def _effects(design: Design, problem: Problem, free: Array, modes: Modes) -> dict[str, Array]:
    """Conditional modes in the user's units, one array for each group effect."""
    found: dict[str, Array] = {}
    start = 0
    for factor, spread in zip(problem.factors, take_apart(problem, free).spreads, strict=True):
        stop = start + factor.levels * factor.q
        b = modes.u[start:stop].reshape(factor.levels, factor.q) @ spread.factor.T / factor.scale
        names = [
            effect
            for group in design.predictor.groups
            if group.factor == factor.name
            for effect in group.effects
        ]
        found |= dict(zip(names, b.T, strict=True))
        start = stop
    return found


def _edges(
    design: Design, found: tuple[Scalar, ...], estimates: Array, errors: Array
) -> dict[int, str]:
    """Parameters on the boundary of their range: place to a sentence."""
    edges, called = {}, show.labels_called(design)
    vanishes = design.spec.family.limit_is_infinite
    for place, (item, value, error) in enumerate(zip(found, estimates, errors, strict=True)):
        label = called[item.label]
        if item.role == "sd" and value < (ZERO * error if 0 < error < np.inf else TINY):
            edges[place] = f"{label} is estimated as 0, the boundary: the fit is singular."
        elif vanishes and item.role == "distributional" and value > MANY:
            edges[place] = (
                f"{item.label} grows without bound: the counts are no more spread than Poisson."
            )
    for group in design.predictor.groups:
        gone = any(found[place].label in group.sds for place in edges)
        for place, (item, value) in enumerate(zip(found, estimates, strict=True)):
            label = called[item.label]
            own = item.role == "cor" and item.group == group.name
            if own and (gone or not abs(value) < ONE):
                what = "not defined" if gone else "on the boundary"
                edges[place] = f"{label} is {what}: the fit is singular."
    return edges


def _poisson_rows(problem: Problem, found: tuple[Scalar, ...]) -> dict[int, str]:
    """Coefficients of a shape that grows without bound in some rows, the first with a sentence."""
    other = problem.other
    if other is None or other.is_number or other.known:
        return {}
    places = [place for place, item in enumerate(found) if item.predictor == other.name]
    sentence = (
        f"{other.name} grows without bound in some rows, whose counts are no more spread than "
        "Poisson: the coefficients of its formula have no estimate."
    )
    return dict.fromkeys(places, "") | {places[0]: sentence}
