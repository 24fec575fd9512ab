"""Which variable of bambi's graph is which of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bayesglmm.crosscheck.described import Described
from bayesglmm.crosscheck.vocabulary import (
    fixed_terms,
    group_terms,
    is_complement,
    their_parameter,
    their_variable,
)
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import CENTERED_INTERCEPT

if TYPE_CHECKING:
    import pymc as pm

type Point = dict[str, Array]
"""Values of free variables on the unconstrained scale, by name."""


@dataclass(frozen=True, slots=True, eq=False)
class VariablePair:
    """A free variable of bambi's graph and what it is in ours.

    Attributes
    ----------
    theirs : str
    ours : tuple of str
        One name; several, to be stacked along a last axis, where `stacked`.
    scale : array
        Ours is theirs times this; below 0 where bambi has one less the parameter.
    stacked : bool
    """

    theirs: str
    ours: tuple[str, ...]
    scale: Array
    stacked: bool = False

    def join(self, values: Point) -> Array:
        """Our values in the shape of theirs, on our scale."""
        found = [np.asarray(values[name], dtype=float) for name in self.ours]
        return np.stack(found, axis=-1) if self.stacked else found[0]


def variable_pairs(model: Described, theirs: pm.Model) -> list[VariablePair]:
    """Which variable is which, by the names of their unconstrained values.

    Parameters
    ----------
    model : Described
    theirs : pymc.Model
        bambi's graph.

    Returns
    -------
    list of VariablePair

    Raises
    ------
    SpecError
        If a variable is free in one of the graphs only.
    """
    our_values, their_values = _value_names(model.pymc), _value_names(theirs)
    pairs = list(_named_pairs(model))
    ours = {name for pair in pairs for name in pair.ours}
    strange = sorted(ours ^ set(our_values))
    strange += sorted({pair.theirs for pair in pairs} ^ set(their_values))
    if strange:
        raise SpecError(
            "The two graphs cannot be compared, because these variables are free in one only: "
            f"{', '.join(strange)}."
        )
    return [
        VariablePair(
            their_values[pair.theirs],
            tuple(our_values[name] for name in pair.ours),
            pair.scale,
            pair.stacked,
        )
        for pair in pairs
    ]


def _named_pairs(model: Described) -> Iterator[VariablePair]:
    """Which variable is which, by the names of the variables."""
    for name, predictor in model.design.predictors.items():
        if predictor.is_number:
            yield VariablePair(their_parameter(predictor.parameter), (name,), _sign(predictor))
        else:
            yield from _pairs_of(model, predictor)


def _pairs_of(model: Described, predictor: Predictor) -> Iterator[VariablePair]:
    fixed, own, sign = predictor.fixed, predictor.variable, _sign(predictor)
    their = partial(their_variable, predictor)
    if fixed.intercept:
        ours = own(CENTERED_INTERCEPT if fixed.names else "Intercept")
        yield VariablePair(their("Intercept"), (ours,), sign)
    scales = dict(zip(fixed.names, fixed.scale, strict=True))
    for term, (name, columns, vector) in zip(fixed.terms, fixed_terms(fixed), strict=True):
        # A uniform prior's variable is where between its bounds it lies, whatever their scale.
        walled = model.priors[own(columns[0])].prior.has_walls("real")
        scale = np.array([1.0 if walled else scales[column] for column in columns])
        scaled = any(scales[column] != 1 for column in columns)
        sampled = own(f"{term.name}_scaled" if scaled else term.name)
        yield VariablePair(their(name), (sampled,), sign * (scale if vector else scale[0]))
    for group in predictor.groups:
        free = "" if model.forms[group.name].centered else "_offset"
        names = dict(zip(group.columns, zip(group.effects, group.sds, strict=True), strict=True))
        for name, columns, vector in group_terms(group):
            effects = tuple(f"{names[column][0]}{free}" for column in columns)
            sds = tuple(names[column][1] for column in columns)
            yield VariablePair(their(f"{name}_sigma"), sds, np.ones(()), vector)
            yield VariablePair(their(f"{name}{free}"), effects, sign, vector)


def _sign(predictor: Predictor) -> Array:
    """1, or -1 where bambi has one less the parameter."""
    return np.array(-1.0 if is_complement(predictor.parameter) else 1.0)


def _value_names(graph: pm.Model) -> dict[str, str]:
    """Name of each free variable, and of its value on the unconstrained scale."""
    return {variable.name: graph.rvs_to_values[variable].name for variable in graph.free_RVs}
