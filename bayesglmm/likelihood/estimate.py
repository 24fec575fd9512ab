"""Maximum likelihood of a design: by Laplace's approximation or adaptive quadrature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.engine.blas import one_blas_thread
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.likelihood import fitted, show
from bayesglmm.likelihood.edges import find_edges, held_at
from bayesglmm.likelihood.exact import check_fixed, watched
from bayesglmm.likelihood.making import make_problem
from bayesglmm.likelihood.maximum import GlmFit
from bayesglmm.likelihood.modes import Modes
from bayesglmm.likelihood.objective import check_nodes, make_objective, modes_at
from bayesglmm.likelihood.optimum import Optimum, covariance, maximise, turned
from bayesglmm.likelihood.peaks import two_peaks
from bayesglmm.likelihood.point import positive, take_apart
from bayesglmm.likelihood.problem import Problem, without_factors
from bayesglmm.likelihood.result import MaximumLikelihood
from bayesglmm.likelihood.scale import Scalar, jacobian, parameters, values
from bayesglmm.likelihood.sides import Side
from bayesglmm.likelihood.start import starting_point, units

WIDEST = 30.0
"""Standard error of a coefficient, per standard deviation of its column, that no data leave."""


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
    """The maximum, with parameters held where they go to an end of their range."""
    while True:
        objective = watched(design, problem, make_objective(problem, quadrature))
        optimum = maximise(objective, free, units(problem))
        sides, free = tuple(_held(design, problem, optimum.free)), optimum.free
        if all(a is b for a, b in zip(sides, problem.sides, strict=True)):
            return problem, optimum
        problem = replace(problem, sides=sides)


def _held(design: Design, problem: Problem, free: Array) -> Iterator[Side]:
    """The sides, held in cells where their parameters have come to an end of their range."""
    for place, (side, eta) in enumerate(
        zip(problem.sides, take_apart(problem, free).etas, strict=True)
    ):
        found = side.held
        if place > 0 and place not in problem.active:
            found = held_at(problem.family, design.predictors[side.name].parameter, eta)
        more = ~np.isnan(found) & ~side.is_held
        yield replace(side, held=np.where(more, found, side.held)) if more.any() else side


def _result(
    design: Design, problem: Problem, optimum: Optimum, quadrature: int
) -> MaximumLikelihood:
    found, estimates = parameters(design), values(design, problem, optimum.free)
    turn = jacobian(design, problem, optimum.free)
    with np.errstate(invalid="ignore"):
        matrix = turn @ covariance(optimum.hessian) @ turn.T
        errors = np.sqrt(np.diag(matrix))
    edges = find_edges(design, problem, found, estimates, errors)
    for place in edges:
        matrix[place], matrix[:, place] = np.nan, np.nan
    modes = _modes(problem, optimum) if problem.factors else None
    effects = {} if modes is None else _effects(problem, optimum.free, modes)
    eta, others = _of_rows(design, found, estimates, effects)
    plain = not problem.factors and not design.modelled
    glm = _glm(design, problem, optimum.free, eta, others) if plain else None
    return MaximumLikelihood(
        design=design,
        problem=problem,
        optimum=optimum,
        quadrature=quadrature if problem.factors else 1,
        parameters=found,
        estimates=estimates,
        covariance=matrix,
        effects=effects,
        pearson=fitted.pearson_chi_squared(design, eta, others),
        glm=glm,
        boundaries=tuple(filter(None, edges.values())),
        boundless=_boundless(design, problem, found, optimum),
        caution="" if modes is None else two_peaks(problem, optimum.free, modes),
    )


def _of_rows(
    design: Design, found: tuple[Scalar, ...], estimates: Array, effects: Mapping[str, Array]
) -> tuple[Array, dict[str, Array]]:
    """The location's linear predictor, and the other parameters: of each row, or of all."""

    def own(name: str) -> Array:
        return np.asarray(
            estimates[[item.predictor == name and item.role == "fixed" for item in found]]
        )

    others = {
        name: estimates[[item.predictor == name for item in found]]
        if one.is_number
        else one.link.inverse(fitted.fitted_predictor(one, own(name), effects))
        for name, one in design.others.items()
    }
    location = design.predictor
    return fitted.fitted_predictor(location, own(location.parameter.name), effects), others


def _modes(problem: Problem, optimum: Optimum) -> Modes:
    modes = modes_at(problem, optimum.free)
    if modes is None:
        raise SpecError(
            "The search for the maximum of the likelihood ended where the group effects have no "
            "mode, so there are no estimates. Choose another link, such as the family's default, "
            "or fit the model: its posterior needs no maximum."
        )
    return modes


def _boundless(
    design: Design, problem: Problem, found: tuple[Scalar, ...], optimum: Optimum
) -> tuple[str, ...]:
    """Coefficients that the likelihood pushes without end, as it does where rows are separated."""
    called, names = show.labels_called(design), []
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(np.diag(covariance(optimum.hessian)))
    for place, side in enumerate(problem.sides):
        if side.number or side.is_held.any() or not design.predictors[side.name].link.unit:
            continue
        own = [item for item in found if item.role == "fixed" and item.predictor == side.name]
        wide = errors[problem.places(place)] > WIDEST
        names += [called[item.label] for item, far in zip(own, wide, strict=True) if far]
    return tuple(names)


def _glm(
    design: Design, problem: Problem, free: Array, eta: Array, others: Mapping[str, Array]
) -> GlmFit | None:
    if design.spec.family.deviance is None:
        return None
    null = fitted.null_predictor(design, without_factors(problem), free)
    return GlmFit(
        fitted.deviance(design, eta, others),
        fitted.deviance(design, null, others),
        design.n - problem.sides[0].size,
        design.n - design.predictor.fixed.intercept,
    )


def _effects(problem: Problem, free: Array, modes: Modes) -> dict[str, Array]:
    """Conditional modes in the user's units, one array for each group effect."""
    found: dict[str, Array] = {}
    start = 0
    for factor, spread in zip(problem.factors, take_apart(problem, free).spreads, strict=True):
        stop = start + factor.levels * factor.q
        b = modes.u[start:stop].reshape(factor.levels, factor.q) @ spread.factor.T / factor.scale
        found |= dict(zip(factor.names, b.T, strict=True))
        start = stop
    return found
