"""The same model in bambi: its formulas, data and priors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bayesglmm.crosscheck.described import Described
from bayesglmm.crosscheck.vocabulary import (
    BAMBI,
    check_sayable,
    fixed_terms,
    group_terms,
    is_complement,
    their_parameter,
)
from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families import Prior
from bayesglmm.spec.formula import Formula
from bayesglmm.spec.functions import NUMPY_FUNCTIONS

if TYPE_CHECKING:
    import bambi


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
    said = said_in_bambi(model)
    import bambi

    functions = {name: getattr(np, name) for name in NUMPY_FUNCTIONS}
    try:
        built = bambi.Model(
            bambi.Formula(*said.formulas),
            said.data,
            family=said.family,
            link=said.link,
            priors=dict(said.priors),
            auto_scale=False,
            extra_namespace={**functions, "np": np},
        )
        built.build()
    except Exception as error:  # formulae raises many kinds, some of them bare
        text = model.design.spec.text
        raise SpecError(f"bambi cannot build '{text}': {error}") from error
    return built


@dataclass(frozen=True, slots=True, eq=False)
class SaidInBambi:
    """What a model is made of in bambi.

    Attributes
    ----------
    formulas : tuple of str
        The mean's first.
    data : pandas.DataFrame
        See `to_bambi`.
    family, link : str
    priors : mapping
        Parameter of the family, the mean's first, to its prior, or to those of its terms.
    """

    formulas: tuple[str, ...]
    data: pd.DataFrame
    family: str
    link: str
    priors: Mapping[str, bambi.Prior | dict[str, bambi.Prior]]


def said_in_bambi(model: Described) -> SaidInBambi:
    """Formulas, data and priors of a model in bambi, which builds them later.

    Parameters
    ----------
    model : Described

    Returns
    -------
    SaidInBambi

    Raises
    ------
    SpecError
        If bambi has no words for the model; says why.
    """
    check_sayable(model.design)
    spec, design = model.design.spec, model.design
    parent = spec.family.location.name
    others = {
        their_parameter(one.parameter): _priors_of(model, one) for one in design.others.values()
    }
    return SaidInBambi(
        formulas=tuple(_formulas(design)),
        data=_data(design),
        family=spec.family.elsewhere[BAMBI],
        link=spec.family.link_elsewhere.get(BAMBI, spec.link.elsewhere[BAMBI]),
        priors={parent: _term_priors(model, design.predictor), **others},
    )


def _formulas(design: Design) -> Iterator[str]:
    """The formulas in bambi's grammar, where a bar's effects are never correlated."""
    formula = design.spec.formula
    terms = [_right_side(formula)]
    if design.spec.exposure is not None:
        terms.append(f"offset(log({_quoted(design.spec.exposure)}))")
    response = _quoted(formula.suppression.column) if formula.suppression else formula.response
    yield f"{response} ~ {' + '.join(terms)}"
    for name, one in design.modelled.items():
        yield f"{their_parameter(one.parameter)} ~ {_right_side(design.spec.formulas[name])}"


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


def _priors_of(model: Described, predictor: Predictor) -> bambi.Prior | dict[str, bambi.Prior]:
    """The prior of a parameter beside the mean, or those of its formula."""
    name = predictor.parameter.name
    if predictor.is_number:
        return _prior([_turned(predictor, model.priors[name].prior)], name, False)
    return _term_priors(model, predictor)


def _term_priors(model: Described, predictor: Predictor) -> dict[str, bambi.Prior]:
    """Priors of a linear predictor by bambi's term names."""
    import bambi

    chosen, own = model.priors, predictor.variable
    priors: dict[str, bambi.Prior] = {}
    if predictor.fixed.intercept:
        intercept = _turned(predictor, chosen[own("Intercept")].prior)
        priors["Intercept"] = _prior([intercept], "Intercept", False)
    for name, columns, vector in fixed_terms(predictor.fixed):
        several = [_turned(predictor, chosen[own(column)].prior) for column in columns]
        priors[name] = _prior(several, name, vector)
    for group in predictor.groups:
        sd_of = dict(zip(group.columns, group.sds, strict=True))
        for name, columns, vector in group_terms(group):
            sds = [chosen[sd_of[column]].prior for column in columns]
            priors[name] = bambi.Prior(
                "Normal",
                mu=0,
                sigma=_prior(sds, f"{name}_sigma", vector),
                noncentered=not model.forms[group.name].centered,
            )
    return priors


CENTRES = {"Normal": "mu", "StudentT": "mu", "Laplace": "mu", "Cauchy": "alpha"}
"""Argument of each distribution of a real number that is the middle of it."""


def _turned(predictor: Predictor, prior: Prior) -> Prior:
    """The prior of a coefficient or a number as bambi has it: of one less where it has that."""
    if not is_complement(predictor.parameter):
        return prior
    return turned(prior, number=predictor.is_number)


def turned(prior: Prior, number: bool) -> Prior:
    """The prior of 1 less a probability, or of the coefficients of its log odds; its own inverse.

    Parameters
    ----------
    prior : Prior
    number : bool
        Whether it is of the probability itself, not of a coefficient.

    Returns
    -------
    Prior
    """
    given, ends = dict(prior.arguments), float(number)
    if {"lower", "upper"} <= given.keys():
        return Prior(prior.name, lower=ends - given["upper"], upper=ends - given["lower"])
    if number:
        return Prior(prior.name, alpha=given["beta"], beta=given["alpha"])
    middle = CENTRES.get(prior.name)
    return Prior(prior.name, **given | ({middle: -given[middle]} if middle else {}))


def _prior(own: list[Prior], name: str, vector: bool) -> bambi.Prior:
    """One prior of bambi's for a whole term; arguments are arrays where it has several columns."""
    import bambi

    if any(prior.joint for prior in own):
        raise SpecError(
            f"bambi has no {own[0].name} prior, as '{name}' has. Leave the cross-check out."
        )
    if any(prior.of for prior in own):
        what = "where the columns are 0" if own[0].of == "zero" else f"of a {own[0].of}"
        raise SpecError(f"bambi has no prior {what}, as '{name}' has. Leave the cross-check out.")
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
