"""The parameters of a model, in one table: what each is, what it is called, where its prior is.

Whoever needs to know what a model's unknowns are (graph, priors, coordinates, draws, tables,
likelihood, equations, the cross-check) reads this table; no name is made or taken apart elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bayesglmm.design.block_names import (
    before_block,
    block_columns,
    block_effects,
    printed_block,
)
from bayesglmm.design.design import Design
from bayesglmm.design.groups import EffectBlock, Group
from bayesglmm.design.names import Names, printed_names
from bayesglmm.design.predictor import Predictor

type Role = Literal["fixed", "sd", "cor", "distributional", "effect"]

PARAMETERS: tuple[Role, ...] = ("fixed", "sd", "cor", "distributional")
"""Roles of all parameters but the group effects."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of the posterior: one row of the table, with k elements.

    Attributes
    ----------
    variable : str
        Its name in the graph and in the draws.
    role : str
        ``"fixed"``, ``"sd"``, ``"cor"``, ``"effect"``, or ``"distributional"``: a parameter of the
        family other than the mean that is one number for all rows.
    labels : tuple of str, length k
        One for each element, such as ``("period[2]", "period[3]")``.
    names : tuple of str, length k
        What the frames of tables call each element: ``"sd(1|ID)"`` for the label ``"1|ID_sigma"``.
    printed : tuple of str, length k
        What readers see each element called, such as ``"sd(1|patient)"``.
    term : str
        The term of the fixed part, the column left of a bar, or the name of the parameter of the
        family; empty for the correlations of several columns.
    factor : str
        The grouping factor; empty where it has none.
    group : str
        The group term, such as ``"1+year|county"``; of correlations, their block; empty where it
        has none.
    dims : tuple of str
        Its dimensions beside chain and draw; its elements run over them.
    support : str
        ``"real"``, ``"positive"``, ``"unit"``, ``"one to two"`` or ``"correlation"``.
    kind : str
        The class of its default prior, ``"number"`` for a parameter of the family; empty where it
        has no prior of its own.
    priors : tuple of str
        What its priors are called: one for each element, or one for all its correlations.
    predictor : str
        The parameter of the family that it is of, such as ``"mu"``; of correlations of effects on
        several, the first.
    columns : tuple of str
        The columns of the fixed part whose coefficients its elements are; of correlations, those
        left of the bars.
    whole : (str, str)
        What frames and readers call all its elements together: ``"cor(1+year|county)"``; empty
        where each has a prior of its own.
    """

    variable: str
    role: Role
    labels: tuple[str, ...]
    names: tuple[str, ...]
    printed: tuple[str, ...]
    term: str = ""
    factor: str = ""
    group: str = ""
    dims: tuple[str, ...] = ()
    support: Literal["real", "positive", "unit", "one to two", "correlation"] = "real"
    kind: str = ""
    priors: tuple[str, ...] = ()
    predictor: str = ""
    columns: tuple[str, ...] = ()
    whole: tuple[str, str] = ("", "")


def model_parameters(
    design: Design, roles: Iterable[Role] = (), predictor: str = ""
) -> list[Parameter]:
    """The table of a design's parameters, in the order in which tables print them.

    Parameters
    ----------
    design : Design
    roles : iterable of str
        Keep these roles only; all where empty.
    predictor : str
        Keep those of one parameter of the family only, such as ``"sigma"``.

    Returns
    -------
    list of Parameter
    """
    kept = set(roles) or {*PARAMETERS, "effect"}
    called = printed_names(design)
    found: list[Parameter] = []
    last: list[Parameter] = []
    for name, one in design.predictors.items():
        if predictor not in ("", name):
            continue
        if one.is_number:
            found.append(_number(one))
            continue
        found += _fixed(one, called)
        found += [parameter for group in one.groups for parameter in _sds(one, group, called)]
        blocks = [block for block, groups in design.blocks.items() if groups[-1] in one.groups]
        found += [_correlations(design, block, called) for block in blocks if block.correlated]
        if "effect" in kept:
            last += [item for group in one.groups for item in _effects(one, group, called)]
    return [parameter for parameter in (*found, *last) if parameter.role in kept]


def _number(predictor: Predictor) -> Parameter:
    """A parameter of the family that is one number for all rows."""
    parameter = predictor.parameter
    name = (parameter.name,)
    return Parameter(
        parameter.name,
        "distributional",
        labels=name,
        names=name,
        printed=name,
        term=parameter.name,
        support=parameter.support,
        kind="number",
        priors=name,
        predictor=parameter.name,
    )


def _fixed(predictor: Predictor, called: Names) -> Iterator[Parameter]:
    fixed, of = predictor.fixed, predictor.before
    if fixed.intercept:
        name = predictor.variable("Intercept")
        yield Parameter(
            name,
            "fixed",
            labels=(name,),
            names=(f"{of}Intercept",),
            printed=(f"{of}Intercept",),
            term="Intercept",
            kind="intercept",
            priors=(name,),
            predictor=predictor.parameter.name,
        )
    for term in fixed.terms:
        labels = tuple(map(predictor.variable, term.columns))
        yield Parameter(
            predictor.variable(term.name),
            "fixed",
            labels=labels,
            names=tuple(f"{of}{column}" for column in term.columns),
            printed=tuple(f"{of}{called[column]}" for column in term.columns),
            term=term.name,
            dims=() if term.levels is None else (predictor.variable(term.dimension),),
            kind="intercept" if term.columns == fixed.level_columns else "slope",
            priors=labels,
            predictor=predictor.parameter.name,
            columns=term.columns,
        )


def _sds(predictor: Predictor, group: Group, called: Names) -> Iterator[Parameter]:
    """Standard deviations of a group term."""
    of = predictor.before
    for column, name in zip(group.columns, group.sds, strict=True):
        yield Parameter(
            name,
            "sd",
            labels=(name,),
            names=(f"sd({of}{column}|{group.factor})",),
            printed=(f"sd({of}{called.effect(column, group.factor)})",),
            term=column,
            factor=group.factor,
            group=group.name,
            support="positive",
            kind="sd",
            priors=(name,),
            predictor=predictor.parameter.name,
        )


def _correlations(design: Design, block: EffectBlock, called: Names) -> Parameter:
    """Correlations of the effects of a block."""
    of, factor = before_block(design, block), block.factor
    columns, shown = (block_columns(design, block, names) for names in (Names(), called))
    own = correlation_pairs(block.columns)
    return Parameter(
        block.correlation,
        "cor",
        labels=tuple(f"{block.correlation}[{pair}]" for pair in own),
        names=tuple(f"cor({of}{pair}|{factor})" for pair in correlation_pairs(columns)),
        printed=tuple(f"cor({of}{pair}|{called[factor]})" for pair in correlation_pairs(shown)),
        factor=factor,
        group=block.name,
        dims=(block.pairs,),
        support="correlation",
        kind="cor",
        priors=(block.correlation,),
        predictor=block_effects(design, block)[0][0].parameter.name,
        columns=block.columns,
        whole=(
            f"cor({of}{'+'.join(columns)}|{factor})",
            f"cor({printed_block(design, block, called)})",
        ),
    )


def _effects(predictor: Predictor, group: Group, called: Names) -> Iterator[Parameter]:
    of = predictor.before
    for column, effect in zip(group.columns, group.effects, strict=True):
        shown = f"{of}{called.effect(column, group.factor)}"
        labels = tuple(f"{effect}[{level}]" for level in group.levels)
        yield Parameter(
            effect,
            "effect",
            labels=labels,
            names=labels,
            printed=tuple(f"{shown}[{level}]" for level in group.levels),
            term=column,
            factor=group.factor,
            group=group.name,
            dims=(group.dimension,),
            predictor=predictor.parameter.name,
        )


def correlation_pairs(columns: Iterable[str]) -> tuple[str, ...]:
    """Labels of the correlations of some columns, in the order of the lower triangle.

    Parameters
    ----------
    columns : iterable of str

    Returns
    -------
    tuple of str
        Such as ``("1, year",)``.
    """
    names = list(columns)
    return tuple(
        f"{names[column]}, {names[row]}" for row in range(len(names)) for column in range(row)
    )
