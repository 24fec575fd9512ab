"""The PyMC graph: the definition of the model, with every array and dimension named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesglmm.design.columns import Term
from bayesglmm.design.design import Design
from bayesglmm.design.dimensions import OBSERVATION, dimensions
from bayesglmm.design.parts import carried
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import GraphError
from bayesglmm.families import Prior, Rows
from bayesglmm.families.interval import WIDEST
from bayesglmm.graph.chosen_priors import CENTERED_INTERCEPT, ChosenPrior
from bayesglmm.graph.distributions import find_distribution
from bayesglmm.graph.groups import group_effects, make_block
from bayesglmm.graph.joint_slopes import graph_spreads
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.graph.partial import partial_response
from bayesglmm.graph.suppressed import suppressed_counts
from bayesglmm.graph.variables import make_variable

if TYPE_CHECKING:
    import pymc as pm

type Priors = Mapping[str, ChosenPrior]


def build_graph(design: Design, priors: Priors, forms: Mapping[str, Parametrization]) -> pm.Model:
    """Write a design as a PyMC model.

    Parameters
    ----------
    design : Design
    priors : mapping
        From `choose_priors`.
    forms : mapping
        From `choose_parametrizations`.

    Returns
    -------
    pymc.Model
        Coefficients and group effects on the user's scale are variables or deterministics under
        the names that tables use; data are ``pm.Data`` that ``pm.set_data`` may replace.

    Raises
    ------
    GraphError
        If two parts of the model would bear one name.
    """
    import pymc as pm

    coords = {name: list(labels) for name, labels in dimensions(design).items()}
    try:
        with pm.Model(coords=coords) as model:
            eta = linear_predictor(design.predictor, priors, forms)
            rows = _data_rows(design)
            parameters = {
                name: other_parameter(predictor, priors, forms)
                for name, predictor in design.others.items()
            }
            found, arguments = design.spec.family.distribution(
                design.spec.link, eta, rows, parameters
            )
            response = carried(design.spec.formula.response_name)
            distribution = find_distribution(found)
            if rows.upper is not None:
                suppressed_counts(response, distribution, arguments, rows)
            elif _needs_more(design.rows):
                counts = design.spec.family.support.counts
                partial_response(response, distribution, arguments, rows.y, design.rows, counts)
            else:
                distribution(response, **arguments, observed=rows.y, dims=OBSERVATION)
    except ValueError as error:
        if "already exists" not in str(error):
            raise
        raise GraphError(
            f"Two parts of the model bear one name: {error} Rename the data column."
        ) from error
    return model


def linear_predictor(
    predictor: Predictor, priors: Priors, forms: Mapping[str, Parametrization]
) -> Any:
    """The linear predictor as a graph, to be called inside a ``pm.Model``.

    Parameters
    ----------
    predictor : Predictor
    priors, forms : mapping

    Returns
    -------
    TensorVariable of shape (n,)
        Link scale, exposure left out.
    """
    import pymc as pm
    import pytensor.tensor as pt

    graph, own = pm.modelcontext(None), predictor.variable
    eta = pt.zeros(graph.dim_lengths[OBSERVATION])
    if np.any(predictor.offset):
        eta = eta + pm.Data(own("offset_data"), predictor.offset, dims=OBSERVATION)
    coefficients = _coefficients(predictor, priors)
    if predictor.fixed.names:
        X = pm.Data(own("X_data"), predictor.X, dims=(OBSERVATION, own("X_dim")))
        eta = eta + X @ coefficients
    if predictor.fixed.intercept:
        eta = eta + _intercept(predictor, coefficients, priors[own("Intercept")].prior)
    for group in predictor.groups:
        name = f"{group.factor}_index"  # one for all terms of a factor, in whatever predictor
        if name not in graph.named_vars:
            pm.Data(name, group.index, dims=OBSERVATION)
        if group.effects[0] not in graph.named_vars:  # terms that share a name share a block
            make_block(group.block, priors, forms[group.block.name])
        eta = eta + group_effects(group, graph[name])
    return eta


def other_parameter(
    predictor: Predictor, priors: Priors, forms: Mapping[str, Parametrization]
) -> Any:
    """A parameter of the family beside the mean, to be called inside a ``pm.Model``.

    Parameters
    ----------
    predictor : Predictor
    priors, forms : mapping

    Returns
    -------
    TensorVariable
        Natural scale: one number, or of shape (n,).
    """
    name = predictor.parameter.name
    if predictor.is_number:
        return make_variable(name, priors[name].prior)
    return predictor.link.graph(linear_predictor(predictor, priors, forms))


def _intercept(predictor: Predictor, coefficients: Any, prior: Prior) -> Any:
    """Sample the intercept at the mean of the columns; give it back where they are zero."""
    import pymc as pm

    own = predictor.variable
    if not predictor.fixed.names:
        return make_variable(own("Intercept"), prior)
    centered = make_variable(own(CENTERED_INTERCEPT), prior)
    center = pm.Data(own("X_center"), predictor.fixed.center, dims=own("X_dim"))
    return pm.Deterministic(own("Intercept"), centered - center @ coefficients)


def _coefficients(predictor: Predictor, priors: Priors) -> Any:
    """Coefficients of all columns on the user's scale, shape (p,)."""
    import pytensor.tensor as pt

    fixed = predictor.fixed
    scales = dict(zip(fixed.names, fixed.scale, strict=True))
    joint = graph_spreads(predictor, priors)
    parts = [
        pt.atleast_1d(
            _joint_term(predictor, term, priors, joint)
            if any(column in joint for column in term.columns)
            else _term(predictor, term, priors, np.array([scales[name] for name in term.columns]))
        )
        for term in fixed.terms
    ]
    return pt.concatenate(parts) if parts else pt.zeros(0)


def _joint_term(predictor: Predictor, term: Term, priors: Priors, joint: Mapping[str, Any]) -> Any:
    """Coefficients of one term that share a prior with others: standard normals times spreads."""
    import pymc as pm
    import pytensor.tensor as pt

    own = [priors[predictor.variable(column)].prior for column in term.columns]
    _check_alike(term, own)
    name = predictor.variable(term.name)
    dims = None if term.levels is None else predictor.variable(term.dimension)
    offset = pm.Normal(f"{name}_offset", mu=0, sigma=1, dims=dims)
    spread = pt.stack([joint[column] for column in term.columns])
    scale = np.array([dict(prior.arguments)["scale"] for prior in own])
    values = offset * scale * spread if dims else offset * scale[0] * spread[0]
    return pm.Deterministic(name, values, dims=dims)


def _check_alike(term: Term, own: list[Prior]) -> None:
    """A term is one variable, so its columns have one kind of prior."""
    names = {prior.name for prior in own}
    if len(names) > 1:
        raise GraphError(
            f"The columns of the term '{term.name}' have priors of different kinds "
            f"({', '.join(sorted(names))}). Give them one kind; its arguments may differ."
        )


def _term(predictor: Predictor, term: Term, priors: Priors, scale: Any) -> Any:
    """One term's coefficients: sampled per standard deviation, given back per unit."""
    import pymc as pm

    own = [
        priors[predictor.variable(column)].prior.times(float(factor))
        for column, factor in zip(term.columns, scale, strict=True)
    ]
    _check_alike(term, own)
    name = predictor.variable(term.name)
    dims = None if term.levels is None else predictor.variable(term.dimension)
    prior: Prior | list[Prior] = own[0] if term.levels is None else own
    if np.all(scale == 1):
        return make_variable(name, prior, dims)
    sampled = make_variable(f"{name}_scaled", prior, dims)
    factor = float(scale[0]) if term.levels is None else scale
    return pm.Deterministic(name, sampled / factor, dims=dims)


def _data_rows(design: Design) -> Rows:
    import pymc as pm

    rows, discrete = design.rows, design.spec.family.support.discrete
    more = _needs_more(rows)
    y = np.asarray(rows.central if more else rows.y, dtype=np.int64 if discrete else float)
    exposure: Any = 1.0
    trials: Any = 1.0
    upper: Any = None
    if design.spec.exposure is not None:
        exposure = pm.Data("exposure_data", rows.exposure, dims=OBSERVATION)
    if design.spec.formula.trials is not None:
        trials = pm.Data("trials_data", rows.trials.astype(np.int64), dims=OBSERVATION)
    error: Any = None
    if rows.upper is not None and not more:
        upper = pm.Data("upper_data", rows.upper.astype(np.int64), dims=OBSERVATION)
    if rows.error is not None:
        error = pm.Data("error_data", rows.error, dims=OBSERVATION)
    return Rows(pm.Data("y_data", y, dims=OBSERVATION), exposure, trials, upper, error=error)


def _needs_more(rows: Rows) -> bool:
    """Whether the log density is more than that of responses and of intervals of few counts."""
    few = rows.upper is None or bool(np.all(rows.upper - rows.y < WIDEST))
    whole = rows.upper is None or bool(np.all(rows.upper == np.floor(rows.upper)))
    return rows.truncated or rows.weight is not None or not (few and whole)
