"""The kernel's vector and the graph's variables, and maps made at random, for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.sparse import csr_matrix
from seeds import generator

import bayesglmm as bg
from bayesglmm.design import Design
from bayesglmm.engine.bend import KNOTS, spline
from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.engine.kernel.hyper import KNOT_STEP
from bayesglmm.engine.likelihoods import Likelihood, find_general
from bayesglmm.engine.target import Target
from bayesglmm.engine.transport import Block, Cross, Transport, mean_squares, plain_block
from bayesglmm.families import FAMILIES
from bayesglmm.families.links import Array

type Point = dict[str, Array]

TRANSFORMS = {"log": "_log__", "logit": "_logodds__", "identity": ""}
TRANSFORMS["logit_above_one"] = "_interval__"
"""What PyMC adds to the name of a number that has a linear predictor in the kernel, by its link."""


def general_likelihoods() -> list[Likelihood]:
    """The general likelihoods of families whose parameters the data do not tell."""
    found = [
        find_general(family.name, (link, *(item.links[0] for item in family.others)))
        for family in FAMILIES
        if not family.support.categories
        for link in family.links
    ]
    return [likelihood for likelihood in found if likelihood is not None]


def graph_point(design: Design, coordinates: Coordinates, vector: Array) -> Point:
    """The value variables of the non-centred graph, whose elements are those of the vector.

    Nothing is computed: every number stands in one place in each, so that what is true of a
    position is true of a gradient.
    """
    theta = vector[: coordinates.theta]
    coefficients = list(vector[coordinates.theta : coordinates.theta + coordinates.fixed])
    point: Point = {}
    for predictor in (design.predictors[name] for name in coordinates.parameters):
        fixed, own = predictor.fixed, predictor.variable
        if predictor.is_number:
            name = predictor.parameter.name
            point[f"{name}{TRANSFORMS[predictor.link.name]}"] = np.array(coefficients.pop(0))
            continue
        if fixed.intercept:
            name = own("Intercept_centered" if fixed.names else "Intercept")
            point[name] = np.array(coefficients.pop(0))
        values = {name: coefficients.pop(0) for name in fixed.names}
        scales = dict(zip(fixed.names, fixed.scale, strict=True))
        for term in fixed.terms:
            scaled = any(scales[column] != 1 for column in term.columns)
            content = np.array([values[column] for column in term.columns])
            name = own(f"{term.name}_scaled" if scaled else term.name)
            point[name] = content[0] if term.levels is None else content
    for place, effect in enumerate(coordinates.effects):
        point[f"{effect.name}_sigma_log__"] = np.array(theta[place])
    if coordinates.scalar:
        point[f"{coordinates.scalar}_log__"] = np.array(theta[-1])
    for number, factor in enumerate(coordinates.factors):
        start = coordinates.starts[number]
        effects = vector[start : start + factor.size].reshape(factor.levels, factor.q)
        place = 0
        for block in factor.blocks:
            q = len(block.columns)
            own = coordinates.own_effects(number)[place : place + q]
            if block.correlated:
                rows = [theta[e.correlations : e.correlations + e.place - e.block] for e in own[1:]]
                point[f"{block.name}_cholesky_cholesky_corr__"] = spiral(rows)
                point[f"{block.name}_offset"] = effects[:, place : place + q]
            else:
                for offset, name in enumerate(block.effects):
                    point[f"{name}_offset"] = effects[:, place + offset]
            place += q
    return point


def spiral(rows: list[Array]) -> Array:
    """Rows below the diagonal in the order in which PyMC keeps a Cholesky factor's coordinates.

    It fills a triangle of k rows from the numbers k, k + 1, ... and then all of them backwards.
    """
    k = len(rows)
    numbers = np.arange(k * (k + 1) // 2)
    order = np.concatenate([numbers[k:], numbers[::-1]]).reshape(k, k)
    found = np.zeros(len(numbers))
    for row, values in enumerate(rows):
        found[order[row, : row + 1]] = values
    return found


def flat_gradient(
    design: Design, coordinates: Coordinates, gradients: Point, zero: float = 0.0
) -> Array:
    """A gradient with respect to the value variables, in the order of the vector."""
    places = graph_point(design, coordinates, np.arange(float(coordinates.size)))
    found = np.full(coordinates.size, zero)
    for name, place in places.items():
        found[np.ravel(place).astype(int)] = np.ravel(gradients[name])
    return found


def compile_graph(graph: Any) -> Any:
    """Log density and gradient of a PyMC graph as a function of its value variables, by name.

    A binomial's with PyTensor's stable forms, as samplers of the graph have them: without these its
    ``log(1 - p)`` is off by 1e-4 where p is within 1e-12 of 1 (PyMC 6.4).
    """
    import pytensor
    from pytensor.compile.mode import Mode
    from pytensor.graph.rewriting.db import RewriteDatabaseQuery

    variables = graph.value_vars
    density = graph.logp()
    binomial = any(response.owner.op.name == "binomial" for response in graph.observed_RVs)
    stable = RewriteDatabaseQuery(include=["fast_compile", "stabilize"]) if binomial else None
    function = pytensor.function(
        variables,
        [density, *pytensor.grad(density, variables)],
        mode=Mode(linker="py", optimizer=stable),
        on_unused_input="ignore",
    )
    names = [variable.name for variable in variables]

    def call(point: Point) -> tuple[float, Point]:
        assert set(point) == set(names)
        value, *gradients = function(*(point[name] for name in names))
        return float(value), dict(zip(names, gradients, strict=True))

    return call


def random_transport(
    coordinates: Coordinates,
    rng: np.random.Generator,
    *,
    latent: float = 0.0,
    residual: bool = False,
    shared: bool = False,
    turned: bool = False,
    crossed: bool = True,
    bent: bool = False,
    far: bool = False,
    joint: int = 0,
) -> Transport:
    """A map without any sense in its numbers.

    Parameters
    ----------
    coordinates : Coordinates
    rng : numpy.random.Generator
    latent : float
    residual : bool
        Whether deviations go with a residual sd, where there is one.
    turned : bool
        Whether factors with one effect have a rotation.
    crossed : bool
        Whether effects depend on the parameters before them.
    shared : bool
        Whether effects of factors with one share the residual variance.
    bent, far : bool
        Whether theta's coordinates are bent, and whether it has triangles.
    joint : int
        Factors that make the joint block, at most.
    """
    T, P = coordinates.theta, coordinates.fixed
    joint = min(joint, len(coordinates.factors))
    residual = residual and coordinates.scalar == "sigma"
    H = sum(factor.size for factor in coordinates.factors[:joint])
    blocks, before = [], P + H
    if joint:
        root, block = rng.normal(size=(H, H)), plain_block(1, H)
        information = (root @ root.T)[None]
        vectors = {"linear": rng.normal(size=H), "center": rng.normal(size=H)}
        blocks.append(replace(block, information=information, **vectors))
    for factor in coordinates.factors[joint:]:
        root = rng.normal(size=(factor.levels, factor.q, factor.q))
        terms = csr_matrix(0.3 * crossed * rng.normal(size=(factor.size, before)))
        rotation = None
        if turned and factor.q == 1:
            rotation = np.linalg.qr(rng.normal(size=(factor.levels, factor.levels)))[0]
        blocks.append(
            Block(
                2.0 * root @ root.transpose(0, 2, 1),
                rng.normal(size=factor.size),
                rng.normal(size=factor.size),
                Cross(terms.indptr.astype(np.int64), terms.indices, terms.data),
                rotation,
            )
        )
        before += factor.size
    log_scales = np.full(1 + len(coordinates.factors), 0.4 * (latent > 0))
    if residual:
        log_scales = rng.normal(size=len(log_scales))
    rising = np.cumsum(rng.uniform(0.4, 0.6, (T, len(KNOTS))), axis=1) + KNOTS[0] - 1
    return Transport(
        name="random",
        theta_center=0.3 * rng.normal(size=T),
        theta_factor=0.3 * np.tril(rng.normal(size=(T, T))),
        theta_shape=np.array([spline(row) for row in rising]) if bent else np.zeros((T, 0)),
        fixed_center=rng.normal(size=P),
        fixed_factor=0.5 * np.tril(rng.normal(size=(P, P))),
        fixed_cross=0.3 * rng.normal(size=(P, H)),
        latent=latent,
        log_scales=log_scales,
        residual=residual,
        spread=mean_squares(coordinates),
        means=4.0 * rng.normal(size=len(coordinates.effects)) * far * last_of_block(coordinates),
        shared=shared & residual & lone_effects(coordinates, joint),
        joint=joint,
        blocks=tuple(blocks),
    )


def lone_effects(coordinates: Coordinates, joint: int) -> Any:
    """Whether an effect is the only one of its factor, the joint ones left out."""
    sizes = np.array([factor.q for factor in coordinates.factors], dtype=int)
    return np.repeat((sizes == 1) & (np.arange(len(sizes)) >= joint), sizes)


def last_of_block(coordinates: Coordinates) -> Any:
    """Whether an effect is the last of a correlated block of two or more."""
    return np.array([0 < e.place - e.block == e.width - 1 for e in coordinates.effects], dtype=bool)


def bent(transport: Transport, z: Array) -> Array:
    """Bent coordinates of theta, by SciPy's natural splines, linear beyond the ends."""
    if not transport.theta_shape.size:
        return z
    found = np.empty(len(z))
    for place, (row, at) in enumerate(zip(transport.theta_shape, z, strict=True)):
        c = row.reshape(-1, 4)
        values = [*c[:, 0], c[-1] @ KNOT_STEP ** np.arange(4)]
        smooth = CubicSpline(KNOTS, values, bc_type="natural")
        inside = np.clip(at, KNOTS[0], KNOTS[-1])
        found[place] = smooth(inside) + smooth(inside, 1) * (at - inside)
    return found


def unbent(transport: Transport) -> Array:
    """Coordinates that the bends take to zero."""
    T = len(transport.theta_center)

    def value(at: float, place: int) -> float:
        return float(bent(transport, np.full(T, at))[place])

    return np.array([brentq(value, -40, 40, args=(place,), xtol=1e-13) for place in range(T)])


def non_centred(target: Target, parameters: Array) -> Array:
    """Parameters with standard normal effects in place of the effects themselves."""
    coordinates, found = target.coordinates, parameters.copy()
    for number, factor in enumerate(coordinates.factors):
        own = slice(coordinates.starts[number], coordinates.starts[number] + factor.size)
        L = coordinates.covariance_factor(number, parameters[: coordinates.theta])
        effects = parameters[own].reshape(factor.levels, factor.q)
        found[own] = np.linalg.solve(L, effects.T).T.ravel()
    return found


def central_differences(function: Any, at: Array, step: float = 1e-3) -> Array:
    """Derivatives by central differences of fourth order, shape (..., len(at))."""
    columns = []
    for direction in step * np.eye(len(at)):
        near = function(at + direction) - function(at - direction)
        far = function(at + 2 * direction) - function(at - 2 * direction)
        columns.append((8 * near - far) / (12 * step))
    return np.stack(columns, axis=-1)


def counts(rows: int = 240, groups: int = 12, seed: int = 21) -> pd.DataFrame:
    """Poisson counts in groups, about 4 a row: the data dominate the prior."""
    rng = generator(seed)
    x, g = rng.choice([-1.0, 0.0, 1.0], rows), np.arange(rows) % groups
    effects = 0.5 * rng.normal(size=groups)
    y = rng.poisson(np.exp(1.3 + 0.4 * x + effects[g]))
    return pd.DataFrame({"y": y, "x": x, "g": [f"g{number:02d}" for number in g]})


def counts_model(**options: Any) -> bg.Model:
    """Poisson regression of `counts` with an intercept for every group."""
    return bg.Model("y ~ x + (1 | g)", counts(), family="poisson", **options)
