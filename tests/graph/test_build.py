"""The graph against the same model written by hand with NumPy and SciPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode
from scipy import stats
from scipy.special import beta as beta_function
from seeds import generator
from twins import OTHERS as TWIN_PARAMETERS

from bayesglmm.design.design import Design
from bayesglmm.errors import GraphError
from bayesglmm.families import FAMILIES, Family, Link, Prior, Rows, find_family, find_link
from bayesglmm.graph.distributions import find_distribution
from bayesglmm.model import Model

PLAIN = Mode(linker="py", optimizer=None)
"""Nothing is compiled or rewritten: quick, and exact where probabilities are not extreme."""

STABLE = Mode(linker="py", optimizer="fast_run")
"""Rewritten for numerical stability as for sampling, but run in Python."""

ROWS = 40

SCIPY = {
    "Normal": lambda mu, sigma: stats.norm(mu, sigma),
    "HalfNormal": lambda sigma: stats.halfnorm(0, sigma),
    "Exponential": lambda lam: stats.expon(0, 1 / lam),
    "InverseGamma": lambda alpha, beta: stats.invgamma(alpha, 0, beta),
    "StudentT": lambda nu, mu, sigma: stats.t(nu, mu, sigma),
    "Laplace": lambda mu, b: stats.laplace(mu, b),
}


def make_data() -> pd.DataFrame:
    rng = generator(8)
    return pd.DataFrame(
        {
            "x": rng.normal(size=ROWS),
            "z": rng.uniform(-1, 1, ROWS),
            "year": rng.integers(1968, 1989, ROWS),
            "f": rng.choice(["low", "mid", "high"], ROWS),
            "g": rng.choice(["north", "east", "south", "west"], ROWS),
            "h": rng.choice(["u", "v", "w"], ROWS),
            "births": rng.integers(50, 900, ROWS),
            "trials": rng.integers(6, 12, ROWS),
            "count": rng.poisson(4.0, ROWS),
            "score": rng.normal(3.0, 2.0, ROWS),
        }
    )


DATA = make_data()


def point_of(graph: pm.Model, seed: int = 1) -> dict[str, Any]:
    """A random point of the unconstrained space; PyMC's own would have to be compiled."""
    rng = generator(seed)
    point = {}
    for variable in graph.free_RVs:
        dims = graph.named_vars_to_dims.get(variable.name, ())
        shape: tuple[int, ...] = tuple(len(graph.coords[dim]) for dim in dims)
        if variable.name.endswith("_cholesky"):
            q = variable.type.shape[0]
            shape = (q * (q - 1) // 2,)
        point[graph.rvs_to_values[variable].name] = 0.4 * rng.normal(size=shape)
    return point


def compiled(graph: pm.Model, outputs: Any) -> Callable[[Mapping[str, Any]], Any]:
    """A function of a point."""
    values = graph.value_vars
    function = pytensor.function(values, outputs, mode=PLAIN, on_unused_input="ignore")
    return lambda point: function(*(point[value.name] for value in values))


def compiled_variables(
    graph: pm.Model, names: Sequence[str]
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """A function of a point that gives named variables of the graph."""
    function = compiled(graph, graph.replace_rvs_by_values([graph[name] for name in names]))
    return lambda point: dict(zip(names, function(point), strict=True))


def everything(graph: pm.Model, point: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters and deterministics at a point."""
    names = [variable.name for variable in graph.free_RVs + graph.deterministics]
    return compiled_variables(graph, names)(point)


def log_density(graph: pm.Model, point: Mapping[str, Any], jacobian: bool = False) -> float:
    return float(compiled(graph, graph.logp(jacobian=jacobian))(point))


def prior_density(prior: Prior, value: Any) -> float:
    return float(np.sum(SCIPY[prior.name](**dict(prior.arguments)).logpdf(value)))


def mean_by_hand(design: Design, known: Mapping[str, Any]) -> Any:
    """Linear predictor on the user's scale: Intercept + X beta + offset + Z u."""
    predictor = design.predictor
    eta = predictor.offset + known.get("Intercept", 0.0)
    place = dict(zip(predictor.fixed.names, predictor.X.T, strict=True))
    for term in predictor.fixed.terms:
        values = np.atleast_1d(known[term.name])
        eta = eta + sum(place[c] * b for c, b in zip(term.columns, values, strict=True))
    for group in predictor.groups:
        for effect, column in zip(group.effects, group.Z.T, strict=True):
            eta = eta + column * known[effect][group.index]
    return eta


# --- correlated blocks -------------------------------------------------------------------------


def lkj_density(correlation: Any, eta: float) -> float:
    """Lewandowski, Kurowicka & Joe (2009), eq. 16, as a product over the vine's partial levels."""
    q = len(correlation)
    constant = 0.0
    for k in range(1, q):
        shape = eta + (q - k - 1) / 2
        constant += (2 * eta - 2 + q - k) * (q - k) * np.log(2)
        constant += (q - k) * np.log(beta_function(shape, shape))
    return float((eta - 1) * np.linalg.slogdet(correlation)[1] - constant)


def test_lkj_of_two_is_a_beta() -> None:
    for rho, eta in [(-0.7, 1.0), (0.2, 2.0), (0.95, 3.5)]:
        own = lkj_density(np.array([[1, rho], [rho, 1]]), eta)
        assert own == pytest.approx(stats.beta(eta, eta, loc=-1, scale=2).logpdf(rho), rel=1e-12)


def correlation_matrix(values: Any, q: int) -> Any:
    matrix = np.eye(q)
    matrix[np.tril_indices(q, -1)] = values
    return matrix + np.tril(matrix, -1).T


def correlated_by_hand(model: Model, known: Mapping[str, Any]) -> float:
    """Joint log density on the constrained scale, per correlation, of 'score ~ x + (... | g)'."""
    (group,) = model.design.predictor.groups
    q, prior = len(group.columns), {name: chosen.prior for name, chosen in model.priors.items()}
    sds = np.array([known[f"{effect}_sigma"] for effect in group.effects])
    correlation = correlation_matrix(known[f"{group.name}_cor"], q)
    effects = np.column_stack([known[effect] for effect in group.effects])
    total = sum(
        prior_density(prior[f"{effect}_sigma"], sd)
        for effect, sd in zip(group.effects, sds, strict=True)
    )
    total += lkj_density(correlation, dict(prior[f"{group.name}_cor"].arguments)["eta"])
    covariance = correlation * np.outer(sds, sds)
    total += stats.multivariate_normal(np.zeros(q), covariance).logpdf(effects).sum()
    if not model.forms[group.name].centered:  # the graph's own variables are the standard ones
        total += len(effects) * 0.5 * np.linalg.slogdet(covariance)[1]
    total += prior_density(prior["Intercept"], known["Intercept_centered"])
    scale = float(model.design.predictor.fixed.scale[0])
    total += prior_density(prior["x"].times(scale), known["x_scaled"])
    total += prior_density(prior["sigma"], known["sigma"])
    eta = mean_by_hand(model.design, known)
    return float(total + stats.norm(eta, known["sigma"]).logpdf(DATA["score"]).sum())


def cholesky_volume(correlation: Any) -> float:
    """Log of d(correlations) / d(Cholesky elements): prod_j L[j, j] ** (q - j), j from 1."""
    diagonal = np.diag(np.linalg.cholesky(correlation))
    q = len(diagonal)
    return float(np.sum((q - np.arange(1, q + 1)) * np.log(diagonal)))


def correlation_volume(graph: pm.Model, name: str, point: dict[str, Any]) -> float:
    """Log of |d(correlations) / d(unconstrained values)|, by central differences."""
    value = graph.rvs_to_values[graph[f"{name}_cholesky"]].name
    correlations = compiled(graph, graph.replace_rvs_by_values([graph[f"{name}_cor"]])[0])
    step = 1e-5
    columns = [
        correlations(point | {value: point[value] + shift})
        - correlations(point | {value: point[value] - shift})
        for shift in step * np.eye(len(point[value]))
    ]
    return float(np.linalg.slogdet(np.column_stack(columns) / (2 * step))[1])


@pytest.mark.parametrize("centered", [True, False])
@pytest.mark.parametrize(
    ("columns", "eta"), [("1 + x", 1.0), ("1 + x", 2.0), ("1 + x + z", 2.0), ("0 + f", 3.5)]
)
def test_correlated_block_is_multivariate_normal_with_an_lkj_prior(
    columns: str, centered: bool, eta: float
) -> None:
    model = Model(
        f"score ~ x + ({columns} | g)",
        DATA,
        centered=centered,
        priors={"cor": Prior("LKJ", eta=eta)},
    )
    graph = model.pymc
    (group,) = model.design.predictor.groups
    point = point_of(graph)
    known = everything(graph, point)
    correlation = correlation_matrix(known[f"{group.name}_cor"], len(group.columns))

    expected = correlated_by_hand(model, known)
    per_element = expected + cholesky_volume(correlation)
    assert log_density(graph, point) == pytest.approx(per_element, rel=1e-10)

    positive = [known[f"{effect}_sigma"] for effect in group.effects] + [known["sigma"]]
    volume = correlation_volume(graph, group.name, point) + float(np.sum(np.log(positive)))
    assert log_density(graph, point, jacobian=True) == pytest.approx(expected + volume, rel=1e-7)


def test_centred_and_non_centred_are_one_model() -> None:
    densities = []
    for centered in (True, False):
        model = Model("score ~ x + (1 + x | g)", DATA, centered=centered)
        point = point_of(model.pymc)
        known = everything(model.pymc, point)
        by_hand = correlated_by_hand(model, known)
        (group,) = model.design.predictor.groups
        correlation = correlation_matrix(known[f"{group.name}_cor"], 2)
        densities.append(log_density(model.pymc, point) - by_hand - cholesky_volume(correlation))
    assert densities == pytest.approx([0.0, 0.0], abs=1e-9)


# --- families and links -------------------------------------------------------------------------

PAIRS = [
    (family.name, link)
    for family in FAMILIES
    if not family.support.categories
    for link in family.links
]
UNBOUNDED = np.array([-30.0, -8, -3, -1.0001, -1, -0.9999, -0.2, 0, 0.4, 1, 1.7, 3, 8, 30])
ETAS = {
    "identity": np.linspace(0.01, 30, 14),
    "log": UNBOUNDED,
    "sqrt": np.linspace(-6, 6, 14),
    "logit": UNBOUNDED,
    "probit": UNBOUNDED,
    "cloglog": UNBOUNDED,
}
OTHERS = TWIN_PARAMETERS | {"alpha": 0.8}


def others_of(family: Family) -> dict[str, float]:
    return {item.name: OTHERS[item.name] for item in family.others}


def responses(family: Family, n: int) -> list[Any]:
    if not family.support.discrete:
        low, high = (1e-3, 0.999) if family.support.fraction else (1e-3, 5.0)
        ends = [np.full(n, end) for end in (0.0, 1.0) if family.has_zeros]
        return [np.linspace(-5.0 if family.support.unrestricted else low, high, n), *ends]
    if family.support.counts:
        return [np.zeros(n, dtype=int), np.arange(n), np.full(n, 250)]
    top = 9 if family.takes_trials else 1
    return [np.zeros(n, dtype=int), np.full(n, top), np.arange(n) % (top + 1)]


def rows_of(family: Family, n: int) -> Rows:
    exposure = np.linspace(0.5, 40.0, n) if family.takes_exposure else 1.0
    trials = np.full(n, 9) if family.takes_trials else 1.0
    return Rows(y=np.zeros(n, dtype=int), exposure=exposure, trials=trials)


def pointwise(family: Family, link: Link, rows: Rows, gradient: bool = False) -> Any:
    """Compiled: linear predictor and response to the graph's log density of each row."""
    eta = pt.dvector("eta")
    y = pt.lvector("y") if family.support.discrete else pt.dvector("y")
    known = others_of(family)
    # Shared, as the graph has it: PyTensor 3.3 loses half the digits of log gammas of constants.
    trials = pytensor.shared(rows.trials)
    name, arguments = family.distribution(link, eta, Rows(y, rows.exposure, trials), known)
    density = pm.logp(find_distribution(name).dist(**arguments), y)
    output = pytensor.grad(density.sum(), eta) if gradient else density
    return pytensor.function([eta, y], output, mode=STABLE)


BOUNDS = {("nbinom1", "log"): 15.0, ("beta", "cloglog"): 3.0, ("beta_binomial", "cloglog"): 3.0}
"""Beyond which the graph has another density: PyMC 6.4 takes a shape above 1e10 for Poisson's,
whatever the mean, and the shape of nbinom1 is mean / alpha. It refuses a shape of 0, as that of a
beta distribution is where ``exp(-exp(eta))`` is."""

ROUNDED = {
    "beta_binomial": 1e-11,
    "zero_inflated_binomial": 1e-15,
    "zero_truncated_negative_binomial": 1e-11,
    "hurdle_negative_binomial": 1e-11,
}
"""What is lost in the graph where a count is all but certain: differences of log gammas."""


@pytest.mark.parametrize(("family_name", "link_name"), PAIRS)
def test_log_density_of_the_family_is_that_of_the_graph(family_name: str, link_name: str) -> None:
    family, link = find_family(family_name), find_link(link_name)
    eta = np.minimum(ETAS[link_name], BOUNDS.get((family_name, link_name), np.inf))
    rows = rows_of(family, len(eta))
    graph = pointwise(family, link, rows)
    rounding = ROUNDED.get(family_name, 0.0 if link.log_odds else 1e-15)
    for y in responses(family, len(eta)):
        own = family.log_density(
            link,
            eta,
            Rows(y, rows.exposure, rows.trials),
            others_of(family),
        )
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(own, graph(eta, y), rtol=1e-9, atol=rounding)


@pytest.mark.parametrize("family_name", ["bernoulli", "binomial"])
@pytest.mark.parametrize("link_name", ["logit", "probit", "cloglog"])
def test_probability_links_are_finite_far_out(family_name: str, link_name: str) -> None:
    family, link = find_family(family_name), find_link(link_name)
    eta = np.array([-300.0, -300, -100, -100, 100, 100, 300, 300])
    rows = rows_of(family, len(eta))
    density, slope = pointwise(family, link, rows), pointwise(family, link, rows, gradient=True)
    for y in responses(family, len(eta)):
        own = family.log_density(link, eta, Rows(y, rows.exposure, rows.trials), {})
        with np.errstate(all="ignore"):
            graph, gradient = density(eta, y), slope(eta, y)
        assert np.isfinite(own).all()
        np.testing.assert_allclose(own, graph, rtol=1e-9, atol=1e-300)
        assert np.isfinite(gradient).all()


def test_square_root_link_by_hand() -> None:
    model = Model("count ~ x + (1 | g)", DATA, family="poisson", link="sqrt", centered=True)
    point = point_of(model.pymc)
    known = everything(model.pymc, point)
    prior = {name: chosen.prior for name, chosen in model.priors.items()}
    scale = float(model.design.predictor.fixed.scale[0])
    expected = (
        prior_density(prior["Intercept"], known["Intercept_centered"])
        + prior_density(prior["x"].times(scale), known["x_scaled"])
        + prior_density(prior["1|g_sigma"], known["1|g_sigma"])
        + stats.norm(0, known["1|g_sigma"]).logpdf(known["1|g"]).sum()
        + stats.poisson(mean_by_hand(model.design, known) ** 2).logpmf(DATA["count"]).sum()
    )
    assert log_density(model.pymc, point) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("parameter", "prior"),
    [
        ("Intercept", Prior("Normal", mu=0.0, sigma=2.5)),
        ("Intercept", Prior("StudentT", nu=3, mu=0.0, sigma=2.5)),
        ("Intercept", Prior("Laplace", mu=0.5, b=2.5)),
        ("sigma", Prior("HalfNormal", sigma=2.5)),
        ("sigma", Prior("Exponential", lam=2.5)),
        ("sigma", Prior("InverseGamma", alpha=3, beta=2.5)),
    ],
)
def test_priors_are_in_double_precision(parameter: str, prior: Prior) -> None:
    """PyTensor would take a number that single precision can hold, such as 2.5, as such."""
    graph = Model("score ~ 1", DATA, priors={parameter: prior}).pymc
    point = point_of(graph)
    own = float(compiled(graph, graph.logp(vars=[graph[parameter]], jacobian=False))(point))
    value = everything(graph, point)[parameter]
    assert own == pytest.approx(prior_density(prior, value), rel=1e-12)


# --- names, data, dimensions ---------------------------------------------------------------------

STRUCTURES = [
    "score ~ 1",
    "score ~ x + year + f",
    "score ~ 0 + f + x:year",
    "score ~ year*f + offset(z) + (1 + x | g) + (1 | h)",
    "score ~ bs(year, df=4) + I(x**2) + (1 | g/h)",
    "score ~ x + (0 + z | g) + (1 + year || h)",
]


@pytest.mark.parametrize("centered", [True, False])
@pytest.mark.parametrize("formula", STRUCTURES)
def test_coefficients_are_on_the_users_scale(formula: str, centered: bool) -> None:
    model = Model(formula, DATA, centered=centered)
    graph = model.pymc
    point = point_of(graph, seed=4)
    known = everything(graph, point)
    mean = graph["score"].owner.op.dist_params(graph["score"].owner)[0]
    (eta,) = compiled(graph, graph.replace_rvs_by_values([mean]))(point)
    np.testing.assert_allclose(eta, mean_by_hand(model.design, known), rtol=1e-9, atol=1e-9)


COUNTED = "count ~ year + f + offset(z) + (1 + x | g) + (1 | h)"


def test_every_array_is_named_data_with_named_dimensions() -> None:
    graph = Model(COUNTED, DATA, family="poisson", exposure="births").pymc
    dims = {variable.name: graph.named_vars_to_dims[variable.name] for variable in graph.data_vars}
    assert dims == {
        "X_data": ("__obs__", "X_dim"),
        "X_center": ("X_dim",),
        "offset_data": ("__obs__",),
        "exposure_data": ("__obs__",),
        "y_data": ("__obs__",),
        "g_index": ("__obs__",),
        "h_index": ("__obs__",),
        "1+x|g_Z": ("__obs__", "1+x|g__expr_dim"),
    }


def test_trials_are_named_data() -> None:
    graph = Model("p(count, births) ~ x", DATA, family="binomial").pymc
    assert graph.named_vars_to_dims["trials_data"] == ("__obs__",)
    np.testing.assert_array_equal(graph["trials_data"].get_value(), DATA["births"])


def test_dimensions_carry_the_levels() -> None:
    model = Model(COUNTED, DATA, family="poisson", exposure="births", reference={"f": "mid"})
    coords = {name: tuple(labels) for name, labels in model.pymc.coords.items()}
    assert coords["f_dim"] == ("high", "low")
    assert coords["X_dim"] == ("year", "f[high]", "f[low]")
    assert coords["g__factor_dim"] == ("east", "north", "south", "west")
    assert coords["1+x|g__expr_dim"] == ("1", "x")
    assert coords["1+x|g_cor_dim"] == ("1, x",)
    assert coords["__obs__"] == tuple(range(ROWS))
    dims = model.pymc.named_vars_to_dims
    assert (dims["f"], dims["1|g"], dims["x|g"]) == (
        ("f_dim",),
        ("g__factor_dim",),
        ("g__factor_dim",),
    )


def test_rows_keep_their_places_in_the_users_data() -> None:
    broken = DATA.copy()
    broken.loc[[2, 5], "x"] = np.nan
    graph = Model("score ~ x", broken, missing="drop").pymc
    kept = tuple(place for place in range(ROWS) if place not in (2, 5))
    assert graph.coords["__obs__"] == kept


def compiled_likelihood(graph: pm.Model, response: str) -> Callable[[Mapping[str, Any]], Any]:
    return compiled(graph, graph.logp(vars=[graph[response]]))


def test_replaced_data_change_the_density_as_they_should() -> None:
    model = Model(COUNTED, DATA, family="poisson", exposure="births", centered=False)
    graph, point = model.pymc, point_of(model.pymc)
    known = everything(graph, point)
    new = DATA.sample(15, random_state=3).reset_index(drop=True)
    new["count"] = new["count"] + 3
    new["births"] = new["births"] * 2
    design = model.design.apply(new)
    with graph:
        pm.set_data(
            {
                "X_data": design.predictor.X,
                "offset_data": design.predictor.offset,
                "exposure_data": design.rows.exposure,
                "y_data": new["count"].to_numpy(),
                **{f"{group.factor}_index": group.index for group in design.predictor.groups},
                "1+x|g_Z": design.predictor.groups[0].Z,
            },
            coords={"__obs__": np.arange(len(new))},
        )
    mean = new["births"] * np.exp(mean_by_hand(design, known))
    expected = stats.poisson(mean).logpmf(new["count"]).sum()
    assert compiled_likelihood(graph, "count")(point) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
@pytest.mark.parametrize("factor", [1e-3, 7.5])
def test_units_of_exposure_move_the_intercept_only(family: str, factor: float) -> None:
    formula = "count ~ year + f + (1 + x | g)"
    first = Model(formula, DATA, family=family, exposure="births").pymc
    scaled = DATA.assign(births=DATA["births"] * factor)
    second = Model(formula, scaled, family=family, exposure="births").pymc
    likelihoods = [compiled_likelihood(graph, "count") for graph in (first, second)]
    joint = [compiled(graph, graph.logp()) for graph in (first, second)]
    differences = []
    for seed in range(3):
        point = point_of(first, seed)
        moved = point | {"Intercept_centered": point["Intercept_centered"] - np.log(factor)}
        assert likelihoods[1](moved) == pytest.approx(float(likelihoods[0](point)), rel=1e-11)
        differences.append(float(joint[1](moved) - joint[0](point)))
    assert differences == pytest.approx([differences[0]] * 3, abs=1e-7)


def test_priors_of_different_kinds_in_a_term_are_refused() -> None:
    model = Model("score ~ f", DATA, priors={"f[low]": Prior("Laplace", mu=0, b=1)})
    with pytest.raises(GraphError, match=r"term 'f' have priors of different kinds"):
        model.pymc  # noqa: B018


def test_priors_of_one_kind_in_a_term_may_differ_in_their_arguments() -> None:
    model = Model("score ~ f", DATA, priors={"f[low]": Prior("Normal", mu=2, sigma=0.5)})
    graph, value = model.pymc, np.array([0.3, -0.2])
    point = point_of(graph) | {"f": value}
    own = compiled(graph, graph.logp(vars=[graph["f"]]))(point)
    expected = sum(
        prior_density(model.priors[column].prior, one)
        for column, one in zip(("f[low]", "f[mid]"), value, strict=True)
    )
    assert float(own) == pytest.approx(expected, rel=1e-12)


def test_two_parts_of_one_name_are_refused() -> None:
    model = Model("score ~ x + x_scaled", DATA.assign(x_scaled=DATA["f"]))
    with pytest.raises(GraphError, match="bear one name"):
        model.pymc  # noqa: B018


def test_the_picture_names_the_groups() -> None:
    picture = Model("count ~ x + (1 + x | g) + (1 | h)", DATA, family="poisson").graphviz()
    assert type(picture).__name__ == "Digraph"
    for name in ("1+x|g_cholesky", "1|h_sigma", "g__factor_dim (4)", "h__factor_dim (3)"):
        assert name in picture.source
