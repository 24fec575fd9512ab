"""What a spec says, as the keywords of `specify` that say it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

import numpy as np

from bayesglmm.families import find_link
from bayesglmm.spec.labels import written
from bayesglmm.spec.model import ModelSpec

INSTEAD = ("formula", "family", "link", "labels", "names", "rules", "distributional")
"""Fields of a spec that `specify` is told in other words."""


def said(spec: ModelSpec) -> dict[str, Any]:
    """What a spec says, without what it leaves at its default.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    dict
        Keywords of `specify`, ``formula`` and ``family`` first: ``specify(**said(spec)) == spec``.
        Numbers are Python's own.
    """
    found: dict[str, Any] = {"formula": spec.formula.text, "family": spec.family.name}
    if spec.link is not find_link(spec.family.links[0]):
        found["link"] = spec.link.name
    found |= {name: formula.text for name, formula in spec.distributional.items()}
    for item in fields(spec):
        value = getattr(spec, item.name)
        if item.name == "labels":
            value = written(spec.labels, spec.names)
        if (item.name == "labels" or item.name not in INSTEAD) and value != _default(item):
            found[item.name] = plain(value)
    priors = _priors(spec)
    return found | ({"priors": priors} if priors else {})


def _priors(spec: ModelSpec) -> dict[str, Any]:
    """The mapping of priors, those of a formula of its own in one of theirs."""
    found: dict[str, Any] = {}
    for rule in spec.rules:
        own = found.setdefault(rule.predictor, {}) if rule.predictor else found
        own[rule.key] = rule.said
    return found


def _default(item: Any) -> Any:
    return item.default if item.default_factory is MISSING else item.default_factory()


def plain(value: Any) -> Any:
    """A value with Python's own numbers in place of NumPy's.

    Parameters
    ----------
    value : object
        Mappings and tuples are gone through.

    Returns
    -------
    object
    """
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return value
