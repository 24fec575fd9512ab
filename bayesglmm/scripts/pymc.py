"""A model as a script of PyMC: the same likelihood and the same priors, written out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.crosscheck import Described
from bayesglmm.design.design import Design
from bayesglmm.design.groups import EffectBlock
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families import Prior
from bayesglmm.families.graph_density import DerivedDensity, GraphDensity
from bayesglmm.graph.chosen_priors import CENTERED_INTERCEPT
from bayesglmm.scripts.pymc_text import bare, written
from bayesglmm.scripts.python_data import head
from bayesglmm.scripts.script import DATA, Script

COMMENTS = (
    "The columns of data.csv are those of the design, as bayesglmm made them of the formula. The "
    "prior of an Intercept is that of the predictor at the means of its columns.",
)

RESPONSE, EXPOSURE, TRIALS = "(response)", "(exposure)", "(trials)"
"""Columns of the data that are no columns of a predictor."""

DERIVED = {
    "ZeroInflatedPoisson": "pm.ZeroInflatedPoisson",
    "ZeroInflatedNegativeBinomial": "pm.ZeroInflatedNegativeBinomial",
    "ZeroInflatedBinomial": "pm.ZeroInflatedBinomial",
    "HurdleZeroTruncatedPoisson": "pm.HurdlePoisson",
    "HurdleZeroTruncatedNegativeBinomial": "pm.HurdleNegativeBinomial",
    "HurdleGamma": "pm.HurdleGamma",
    "HurdleLogNormal": "pm.HurdleLogNormal",
}
"""Distributions made of another one that PyMC has a class for, whose `psi` is 1 less the chance."""


def pymc_script(model: Described) -> Script:
    """The same model in PyMC.

    Parameters
    ----------
    model : Described

    Returns
    -------
    Script
        Its variables bear the names of the graph; it samples coefficients on the user's scale,
        where the graph samples them per standard deviation of their columns.

    Raises
    ------
    SpecError
        If a script cannot say it.
    """
    design = model.design
    if design.spec.family.make is not None:
        raise SpecError("Families of categories are not written for pymc.")
    if design.rows.upper is not None or design.rows.truncated or design.rows.weight is not None:
        raise SpecError("Bounds of responses and weights of rows are not written for pymc.")
    data: dict[str, Any] = {RESPONSE: _response(design)}
    inside = [line for block in design.blocks for line in _effects(model, block)]
    for one in design.predictors.values():
        inside += _predictor(model, one, data)
    inside.append(_likelihood(design, data))
    lines = [
        *head(design, *COMMENTS),
        "import numpy as np",
        "import pandas as pd",
        "import pymc as pm",
        "import pytensor.tensor as pt",
        "",
        f'data = pd.read_csv("{DATA}")',
        "",
        "with pm.Model() as model:",
        *(["    u = {}  # effects of groups"] if design.groups else []),
        *(f"    {line}" for line in inside),
        "",
        "idata = pm.sample(model=model, random_seed=1)",
    ]
    return Script("pymc", "\n".join(lines) + "\n", pd.DataFrame(data), ".py")


def _response(design: Design) -> Any:
    discrete = design.spec.family.support.discrete
    return np.asarray(design.rows.y, dtype=np.int64) if discrete else design.rows.y


def _effects(model: Described, block: EffectBlock) -> Iterator[str]:
    """Lines that make the effects of a block, under their names in `u`."""
    group = next(one for one in model.design.groups if one.block == block)
    size, centered = len(group.levels), model.forms[block.name].centered
    sds = [_variable(name, model.priors[name].prior) for name in block.sds]
    if block.correlated:
        yield from _correlated(model, block, sds, size)
        return
    for effect, sd in zip(block.effects, sds, strict=True):
        yield f"sd = {sd}"
        if centered:
            yield f"u[{effect!r}] = pm.Normal({effect!r}, mu=0, sigma=sd, shape={size})"
        else:
            free = f"pm.Normal({f'{effect}_offset'!r}, mu=0, sigma=1, shape={size})"
            yield f"u[{effect!r}] = pm.Deterministic({effect!r}, {free} * sd)"


def _correlated(model: Described, block: EffectBlock, sds: list[str], size: int) -> Iterator[str]:
    eta = dict(model.priors[block.correlation].prior.arguments)["eta"]
    q = len(block.effects)
    yield f"sd = pt.stack([{', '.join(sds)}])"
    yield f"factor = sd[:, None] * pm.LKJCorr({block.cholesky!r}, n={q}, eta=np.array({eta!r}))"
    if model.forms[block.name].centered:
        yield (
            f"effects = pm.MvNormal({f'{block.name}_block'!r}, mu=np.zeros({q}), chol=factor, "
            f"shape=({size}, {q}))"
        )
    else:
        free = f"pm.Normal({f'{block.name}_offset'!r}, mu=0, sigma=1, shape=({size}, {q}))"
        yield f"effects = {free} @ factor.T"
    for place, effect in enumerate(block.effects):
        yield f"u[{effect!r}] = pm.Deterministic({effect!r}, effects[:, {place}])"


def _predictor(model: Described, one: Predictor, data: dict[str, Any]) -> Iterator[str]:
    """Lines that make a parameter of the family, or the linear predictor of the mean."""
    name = one.parameter.name
    if one.is_number:
        yield f"{name} = {_variable(name, model.priors[name].prior)}"
        return
    mean = one is model.design.predictor
    eta = "eta" if mean else f"eta_{name}"
    yield from _sum(model, one, eta, data)
    if not mean:
        yield f"{name} = {bare(written(one.link.graph(_symbol(eta))))}"


def _sum(model: Described, one: Predictor, eta: str, data: dict[str, Any]) -> Iterator[str]:
    terms, own, fixed = [], one.variable, one.fixed
    if fixed.names:
        columns = [own(column) for column in fixed.names]
        data.update(zip(columns, one.X.T, strict=True))
        yield f"X = data[{columns!r}].to_numpy(dtype=float)"
        yield "b = pt.concatenate(["
        for term in fixed.terms:
            priors = [model.priors[own(column)].prior for column in term.columns]
            yield f"    {_variable(own(term.name), *priors, shape=len(priors))},"
        yield "])"
        terms.append("X @ b")
    if fixed.intercept:
        prior = model.priors[own("Intercept")].prior.about("")
        free = _variable(own(CENTERED_INTERCEPT if fixed.averaged else "Intercept"), prior)
        yield f"intercept = {free}"
        if fixed.averaged:
            at_zero = "intercept - X.mean(axis=0) @ b"
            yield f"intercept = pm.Deterministic({own('Intercept')!r}, {at_zero})"
        terms.insert(0, "intercept")
    if np.any(one.offset):
        name = f"(offset of {one.parameter.name})"
        data[name] = one.offset
        terms.append(f"data[{name!r}].to_numpy()")
    yield f"{eta} = {' + '.join(terms) or '0.0'}"
    for group in one.groups:
        index = f"(index of {group.factor})"
        data[index] = group.index
        for column, effect, values in zip(group.columns, group.effects, group.Z.T, strict=True):
            times = ""
            if column != "1" or not group.intercept:
                data[f"({effect})"] = values
                times = f" * data[{f'({effect})'!r}].to_numpy()"
            yield f"{eta} = {eta} + u[{effect!r}][data[{index!r}].to_numpy()]{times}"


def _variable(name: str, *priors: Prior, shape: int = 0) -> str:
    """A variable with its prior, or one whose elements have priors of one kind."""
    kinds = {prior.name for prior in priors}
    if any(prior.joint or prior.of for prior in priors) or len(kinds) > 1:
        raise SpecError(
            f"Priors of several coefficients together, of variances and of several kinds in a "
            f"term, as '{name}' has, are not written for pymc."
        )
    arguments = [repr(name)]
    for key in dict(priors[0].arguments):
        values = [dict(prior.arguments)[key] for prior in priors]
        same = len(set(values)) == 1
        arguments.append(f"{key}={values[0]!r}" if same else f"{key}=np.array({values!r})")
    arguments += [f"shape={shape}"] if shape else []
    return f"pm.{priors[0].name}({', '.join(arguments)})"


def _symbol(name: str) -> Any:
    import pytensor.tensor as pt

    return pt.dvector(name)


def _likelihood(design: Design, data: dict[str, Any]) -> str:
    """The line of the response: what the family makes of its parameters, written out."""
    from dataclasses import replace

    spec, rows = design.spec, design.rows
    given = {"y": None}
    for name, field, present in (
        (EXPOSURE, "exposure", spec.exposure is not None),
        (TRIALS, "trials", spec.formula.trials is not None),
        ("(standard error)", "error", rows.error is not None),
    ):
        if present:
            data[name] = getattr(rows, field)
            given[field] = _symbol(f'data["{name}"].to_numpy()')
    parameters = {name: _symbol(name) for name in design.others}
    found, arguments = spec.family.distribution(
        spec.link, _symbol("eta"), replace(rows, **given), parameters
    )
    said = [f"{key}={bare(written(value))}" for key, value in _named(found, arguments)]
    return (
        f"{_class(found)}({spec.formula.response_name!r}, {', '.join(said)}, "
        f'observed=data["{RESPONSE}"].to_numpy())'
    )


def _class(found: str | GraphDensity | DerivedDensity) -> str:
    name = _full_name(found)
    if isinstance(found, str):
        return f"pm.{name}"
    if name not in DERIVED:
        raise SpecError(f"PyMC has no class of the {name} distribution.")
    return DERIVED[name]


def _full_name(found: str | GraphDensity | DerivedDensity) -> str:
    if isinstance(found, DerivedDensity):
        return f"{found.name}{_full_name(found.base)}"
    return found if isinstance(found, str) else found.name


def _named(
    found: str | GraphDensity | DerivedDensity, arguments: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """The arguments under the names of PyMC's classes."""
    for key, value in arguments.items():
        chance = isinstance(found, DerivedDensity) and key == found.chance
        yield ("psi", 1 - value) if chance else (key, value)
