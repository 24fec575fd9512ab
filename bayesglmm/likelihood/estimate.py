"""Maximum likelihood of a design: by Laplace's approximation or adaptive quadrature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.engine.blas import one_blas_thread
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.likelihood import rows, show
from bayesglmm.likelihood.exact import check_fixed, watched
from bayesglmm.likelihood.modes import Modes
from bayesglmm.likelihood.objective import Objective, check_nodes, make_objective, modes_at
from bayesglmm.likelihood.optimum import Optimum, covariance, maximise, turned
from bayesglmm.likelihood.peaks import two_peaks
from bayesglmm.likelihood.problem import Problem, make_problem, positive, take_apart
from bayesglmm.likelihood.result import GlmFit, MaximumLikelihood
from bayesglmm.likelihood.scale import Scalar, jacobian, parameters, values
from bayesglmm.likelihood.start import starting_point, without_factors

ZERO, TINY = 1e-3, 1e-6
"""Standard deviation beside its error, or by itself where it has none, that counts as 0."""
ONE = 0.9999
"""Correlation that counts as 1."""
WIDEST = 30.0
"""Standard error of a coefficient, per standard deviation of its column, that no data leave."""
MANY, LIMIT = 1e6, 1e10
"""Shape beyond which a negative binomial is a Poisson, and the one that then stands for all."""


@one_blas_thread()
def maximum_likelihood(
    design: Design, quadrature: int = 1, start: MaximumLikelihood | None = None
) -> MaximumLikelihood:
    """Estimate by maximum likelihood.

    Coefficients, spreads and the auxiliary parameter are found together, as in lme4 and glmmTMB
    (Bates et al. 2015; Brooks et al. 2017, R Journal 9(2)). A Gaussian response with identity link
    is exact maximum likelihood (not REML).

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
    objective = watched(design, problem, make_objective(problem, quadrature))
    free = starting_point(problem) if start is None else start.optimum.free
    optimum = _at_limit(problem, objective, maximise(objective, free))
    optimum = turned(optimum, positive(problem, optimum.free))
    return _result(design, problem, optimum, quadrature)


def _at_limit(problem: Problem, objective: Objective, optimum: Optimum) -> Optimum:
    """The maximum with the shape of a negative binomial held, where it grows without bound."""
    if problem.family != "negative_binomial" or optimum.free[-1] < np.log(MANY):
        return optimum
    limit = np.log(LIMIT)

    def held(rest: Array) -> tuple[float, Array]:
        value, gradient = objective(np.append(rest, limit))
        return value, gradient[:-1]

    found = maximise(held, optimum.free[:-1])
    return replace(
        found,
        free=np.append(found.free, limit),
        gradient=np.append(found.gradient, 0.0),
        hessian=np.pad(found.hessian, (0, 1)),
    )


def quasi(fit: MaximumLikelihood) -> MaximumLikelihood:
    """Standard errors of a quasi-likelihood: scaled by the root of Pearson's dispersion.

    Wedderburn (1974), Biometrika 61(3); McCullagh & Nelder (1989), section 4.5.

    Parameters
    ----------
    fit : MaximumLikelihood
        Of a Poisson model, or a binomial one of several trials a row, without groups.

    Returns
    -------
    MaximumLikelihood
        The same estimates.

    Raises
    ------
    SpecError
        If the model has groups, a dispersion parameter of its own, or single trials.
    """
    if fit.problem.factors or fit.problem.has_auxiliary:
        raise SpecError(
            "Quasi-likelihood is for a Poisson or binomial model without groups. "
            "A negative binomial, or a group term for each row, models the dispersion."
        )
    binary = fit.problem.family in ("bernoulli", "binomial")
    if binary and np.max(np.asarray(fit.design.rows.trials)) <= 1:
        raise SpecError(
            "The variance of a response of 0 or 1 is settled by its mean, so its Pearson "
            "dispersion says nothing of overdispersion and cannot scale standard errors. Use the "
            "plain ones; or sum rows that are alike to successes out of trials, p(y, n) ~ ..., or "
            "add a group term, (1 | g)."
        )
    dispersion = fit.pearson_dispersion
    return replace(fit, covariance=fit.covariance * dispersion, dispersion=dispersion)


def _result(
    design: Design, problem: Problem, optimum: Optimum, quadrature: int
) -> MaximumLikelihood:
    found, estimates = parameters(design), values(design, problem, optimum.free)
    turn = jacobian(design, problem, optimum.free)
    with np.errstate(invalid="ignore"):
        matrix = turn @ covariance(optimum.hessian) @ turn.T
        errors = np.sqrt(np.diag(matrix))
    edges = _edges(design, found, estimates, errors)
    for place in edges:
        matrix[place], matrix[:, place] = np.nan, np.nan
    modes = _modes(problem, optimum) if problem.factors else None
    effects = {} if modes is None else _effects(design, problem, optimum.free, modes)
    point = take_apart(problem, optimum.free)
    number = sum(item.role == "fixed" for item in found)
    mean = rows.fitted_means(design, estimates[:number], effects)
    glm = None if problem.factors else _glm(design, problem, mean, point.auxiliary, number)
    return MaximumLikelihood(
        design=design,
        problem=problem,
        optimum=optimum,
        quadrature=quadrature if problem.factors else 1,
        parameters=found,
        estimates=estimates,
        covariance=matrix,
        effects=effects,
        pearson=rows.pearson(design, mean, point.auxiliary),
        glm=glm,
        boundaries=tuple(edges.values()),
        boundless=_boundless(design, found, optimum),
        caution="" if modes is None else two_peaks(problem, optimum.free, modes),
    )


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
    names = [item.label for item in found if item.role == "fixed"]
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(np.diag(covariance(optimum.hessian)))
    return tuple(name for name, error in zip(names, errors, strict=False) if error > WIDEST)


def _glm(design: Design, problem: Problem, mean: Array, auxiliary: float, number: int) -> GlmFit:
    null = rows.null_means(design, without_factors(problem), auxiliary)
    return GlmFit(
        rows.deviance(design, mean, auxiliary),
        rows.deviance(design, null, auxiliary),
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
    counts = design.spec.family.name == "negative_binomial"
    for place, (item, value, error) in enumerate(zip(found, estimates, errors, strict=True)):
        label = called.get(item.label, item.label)
        if item.role == "sd" and value < (ZERO * error if 0 < error < np.inf else TINY):
            edges[place] = f"{label} is estimated as 0, the boundary: the fit is singular."
        elif counts and item.role == "distributional" and value > MANY:
            edges[place] = (
                f"{item.label} grows without bound: the counts are no more spread than Poisson."
            )
    for group in design.predictor.groups:
        gone = any(found[place].label in group.sds for place in edges)
        for place, (item, value) in enumerate(zip(found, estimates, strict=True)):
            label = called.get(item.label, item.label)
            own = item.role == "cor" and item.group == group.name
            if own and (gone or not abs(value) < ONE):
                what = "not defined" if gone else "on the boundary"
                edges[place] = f"{label} is {what}: the fit is singular."
    return edges
