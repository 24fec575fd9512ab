"""A model of bambi read: its formulas, data and priors as ours.

Only attributes of the model are read, so that bambi is not imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.crosscheck.bambi_model import turned
from bayesglmm.crosscheck.vocabulary import BAMBI, is_complement, their_parameter
from bayesglmm.errors import BayesglmmError, SpecError
from bayesglmm.families import FAMILIES, LINKS, AtZero, Family, Param, Prior
from bayesglmm.spec.formula import Formula, parse_formula, parse_one_sided


@dataclass(frozen=True, slots=True, eq=False)
class ReadFromBambi:
    """What our model is made of.

    Attributes
    ----------
    formula : str
    data : pandas.DataFrame
        Factors are categoricals whose order is the one that bambi has.
    options : dict
        Keywords of `specify`.
    """

    formula: str
    data: pd.DataFrame
    options: dict[str, Any]


def read_bambi(model: Any) -> ReadFromBambi:
    """Formulas, data and priors of a model of bambi.

    Parameters
    ----------
    model : bambi.Model
        Built or not.

    Returns
    -------
    ReadFromBambi

    Raises
    ------
    SpecError
        If it holds what cannot be carried; says what.
    """
    if not all(hasattr(model, name) for name in ("formula", "parameters", "response_term")):
        raise SpecError(
            f"from_bambi() takes a model of bambi, not a {type(model).__name__}. "
            "Write bg.from_bambi(bmb.Model('y ~ x', data))."
        )
    _check(model)
    family = _family(model)
    success = getattr(model.response_term, "success", None) if family.support.single else None
    main, data = model.formula.main, _data(model)
    if success is not None:
        main, data = _of_success(main, data, success)
    formula = _formula(main)
    options: dict[str, Any] = {
        "family": family.name,
        "link": _link(model, family),
        "missing": "drop" if model.dropna else "error",
        "priors": {},
    }
    for parameter in family.parameters:
        _add(model, family, parameter, options)
    options["centered"] = _centered(model)
    return ReadFromBambi(formula, data, options)


def _check(model: Any) -> None:
    """Refuse what there is nothing for here."""
    if model.potentials:
        raise SpecError("from_bambi() carries no potentials. Add them to model.pymc.")
    for component in model.parameters.values():
        for name, term in getattr(component, "terms", {}).items():
            if hasattr(term, "hsgp"):
                raise SpecError(f"from_bambi() carries no Gaussian processes, as '{name}' is.")


def _family(model: Any) -> Family:
    own = {family.elsewhere.get(BAMBI): family for family in FAMILIES}
    found = own.get(model.family.name)
    if found is None or found.support.categories:
        raise SpecError(f"from_bambi() does not carry bambi's {model.family.name} family.")
    return found


def _link(model: Any, family: Family) -> str:
    theirs = model.family.link[model.family.likelihood.parent].name
    if BAMBI in family.link_elsewhere:
        known = {family.link_elsewhere[BAMBI]: family.links[0]}
    else:
        known = {
            one.elsewhere.get(BAMBI, ""): one.name for one in LINKS if one.name in family.links
        }
    if theirs not in known:
        raise SpecError(f"The {family.name} family has no {theirs} link here.")
    return known[theirs]


def _formula(text: str) -> str:
    """The same formula; effects left of a bar are not correlated in bambi."""
    formula = parse_formula(text)
    return f"{formula.response} ~ {_right(formula)}"


def _right(formula: Formula) -> str:
    bars = [
        f"({bar.columns} {'|' if bar.columns == '1' else '||'} {_written(bar.factors)})"
        for bar in formula.bars
    ]
    return " + ".join([formula.fixed, *bars])


def _written(factors: tuple[str, ...]) -> str:
    return ":".join(name if name.isidentifier() else f"`{name}`" for name in factors)


def _data(model: Any) -> pd.DataFrame:
    """The data; factors in the order of their text, as formulae has them, or in their own."""
    data: pd.DataFrame = model.data.copy()
    for name in data.columns:
        column = data[name]
        ordered = isinstance(column.dtype, pd.CategoricalDtype) and column.dtype.ordered
        text = not pd.api.types.is_numeric_dtype(column.dtype) or column.dtype == bool
        if text and not ordered:
            levels = sorted(column.dropna().unique())
            data[name] = pd.Categorical(column, levels, ordered=True)
    return data


def _of_success(text: str, data: pd.DataFrame, success: Any) -> tuple[str, pd.DataFrame]:
    """A response of 0 and 1, of what bambi counts as a success; ``y['yes']`` names it there."""
    left, _, right = text.partition("~")
    name = re.sub(r"\[.*\]\s*$", "", left).strip().strip("`")
    if name not in data:
        raise SpecError(
            f"from_bambi() does not carry the response {left.strip()} of a binary family."
        )
    values = data[name].astype(object)
    found = np.where(values.isna(), np.nan, np.asarray(values == success, dtype=float))
    return f"{_written((name,))} ~ {right}", data.assign(**{name: found})


def _add(model: Any, family: Family, parameter: Param, options: dict[str, Any]) -> None:
    """The formula of a parameter of the family, and its priors."""
    mean = parameter is family.location
    theirs = model.family.likelihood.parent if mean else their_parameter(parameter)
    component = model.parameters[theirs]
    if not hasattr(component, "terms"):
        prior = _prior(component.prior, theirs)[0]
        options["priors"][parameter.name] = _back(prior, parameter, number=True)
        return
    priors = dict(_of_terms(model, component, parameter))
    if mean:
        options["priors"].update(priors)
        return
    written = next(
        text
        for left, text in zip(model.formula.additionals_lhs, model.formula.additionals, strict=True)
        if left == theirs
    )
    link = model.family.link[theirs].name
    if link != parameter.links[0]:
        raise SpecError(f"{parameter.name} has the {parameter.links[0]} link here, not {link}.")
    formula = parse_one_sided(f"~ {written.partition('~')[2]}", parameter.name)
    options[parameter.name] = f"~ {_right(formula)}"
    options["priors"][parameter.name] = priors


def _of_terms(model: Any, component: Any, parameter: Param) -> Iterator[tuple[str, Prior]]:
    for name, term in component.terms.items():
        if term.kind == "offset":
            continue
        if hasattr(term, "group_index"):
            yield from _of_group(name, term)
        elif term.kind == "intercept":
            prior = _back(_prior(term.prior, name)[0], parameter)
            at_zero = not model.center_predictors and len(component.common_terms) > 0
            yield "Intercept", AtZero(prior) if at_zero else prior
        else:
            own = [_back(one, parameter) for one in _prior(term.prior, name, _width(term))]
            yield from zip(_columns(name, term), own, strict=True)


def _of_group(name: str, term: Any) -> Iterator[tuple[str, Prior]]:
    """Priors of the standard deviations of a group term."""
    prior = term.prior
    middle = prior.args.get("mu", 0)
    spread = prior.args.get("sigma")
    plain = prior.name == "Normal" and not hasattr(middle, "args") and not np.any(middle)
    if not plain or not hasattr(spread, "args"):
        raise SpecError(
            f"from_bambi() carries normal effects about 0 with a prior of their spread, not the "
            f"{prior.name} prior of '{name}'."
        )
    expression, _, factor = name.partition("|")
    levels = _columns(expression, term) if term.categorical else [expression]
    width = len(levels)
    for column, own in zip(levels, _prior(spread, f"{name}_sigma", width), strict=True):
        yield f"{column}|{factor}", own


def _width(term: Any) -> int:
    return 1 if term.data.ndim == 1 else int(term.data.shape[1])


def _columns(name: str, term: Any) -> list[str]:
    """Our names of the columns of a term."""
    if hasattr(term, "group_index"):
        return [f"{name}[{level}]" for level in term.term.expr.levels]
    if term.categorical:
        return [f"{name}[{level}]" for level in term.levels]
    width = _width(term)
    return [name] if width == 1 else [f"{name}[{place}]" for place in range(width)]


def _prior(prior: Any, name: str, width: int = 1) -> list[Prior]:
    """A prior of bambi's as ours, one for each column."""
    if not hasattr(prior, "args"):
        raise SpecError(f"from_bambi() carries no parameter with a known value, as '{name}' is.")
    if getattr(prior, "dist", None) is not None:
        raise SpecError(f"from_bambi() carries no distribution of one's own, as '{name}' has.")
    values = {key: np.broadcast_to(np.ravel(value), (width,)) for key, value in prior.args.items()}
    try:
        return [
            Prior(prior.name, **{key: float(own[place]) for key, own in values.items()})
            for place in range(width)
        ]
    except BayesglmmError as error:
        raise SpecError(f"from_bambi() cannot carry the prior of '{name}'. {error}") from error


def _back(prior: Prior, parameter: Param, number: bool = False) -> Prior:
    """The prior of a parameter where bambi's is of one less it."""
    return turned(prior, number=number) if is_complement(parameter) else prior


def _centered(model: Any) -> Mapping[str, bool]:
    """Whether the effects of each grouping factor are sampled centred."""
    found: dict[str, bool] = {}
    for key, component in model.parameters.items():
        usual = model.noncentered
        usual = usual.get(key, True) if isinstance(usual, dict) else usual
        for name, term in getattr(component, "terms", {}).items():
            if not hasattr(term, "group_index"):
                continue
            own = term.prior.noncentered
            factor = name.partition("|")[2]
            centered = not (usual if own is None else own)
            if found.setdefault(factor, centered) != centered:
                raise SpecError(
                    f"Effects of {factor} are centred in one term and not in another in bambi; "
                    "here all terms of a factor have one form."
                )
    return found
