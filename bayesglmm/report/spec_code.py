"""A spec as the Python code that makes it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

import numpy as np

from bayesglmm.engine.settings import Settings, make_settings
from bayesglmm.families import Prior, find_link
from bayesglmm.spec.labels import written
from bayesglmm.spec.model import ModelSpec

OWN_WORDS = ("formula", "family", "link", "rules", "names", "distributional")
"""Fields of a spec that are not written as they stand."""


def spec_code(spec: ModelSpec, settings: Settings) -> str:
    """Python that makes a spec and fits it with the same settings.

    Parameters
    ----------
    spec : ModelSpec
    settings : Settings

    Returns
    -------
    str
        `data` is the data frame, which is not part of it.
    """
    arguments = "".join(f"    {line},\n" for line in _arguments(spec))
    how = ", ".join(f"{name}={value!r}" for name, value in _settings(settings))
    return (
        "import bayesglmm as bg\n\n"
        f"spec = bg.specify(\n{arguments})\n"
        f"fit = bg.Model(spec, data).fit({how})\n"
    )


def _arguments(spec: ModelSpec) -> Iterator[str]:
    yield repr(spec.formula.text)
    yield f"family={spec.family.name!r}"
    if spec.link is not find_link(spec.family.links[0]):
        yield f"link={spec.link.name!r}"
    for name, formula in spec.distributional.items():
        yield f"{name}={formula.text!r}"
    for field in fields(spec):
        value = getattr(spec, field.name)
        if field.name == "labels":
            value = written(spec.labels, spec.names)
        if field.name not in OWN_WORDS and value != _default(field):
            yield f"{field.name}={_written(value)}"
    if spec.rules:
        rules = "".join(f"        {line},\n" for line in _rules(spec))
        yield f"priors={{\n{rules}    }}"


def _rules(spec: ModelSpec) -> Iterator[str]:
    """Entries of the dictionary of priors, those of a formula of its own in one of theirs."""
    own: dict[str, list[str]] = {name: [] for name in spec.distributional}
    for rule in spec.rules:
        entry = f"{rule.key!r}: {_prior(rule.prior)}"
        if rule.predictor:
            own[rule.predictor].append(entry)
        else:
            yield entry
    for name, entries in own.items():
        if entries:
            yield f"{name!r}: {{{', '.join(entries)}}}"


def _default(field: Any) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _written(value: Any) -> str:
    """A value as code; numbers of NumPy as Python's own."""
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_written(k)}: {_written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))})"
    return repr(value)


def _prior(prior: Prior) -> str:
    arguments = ", ".join(f"{key}={value!r}" for key, value in prior.arguments)
    return f'bg.Prior("{prior.name}", {arguments})'


def _settings(settings: Settings) -> Iterator[tuple[str, Any]]:
    """Settings that the engine would not choose by itself."""
    usual = make_settings(engine=settings.engine, seed=settings.seed)
    chosen = {"progress", "digits", "own_acceptance"}
    chosen |= {"target_accept"} if settings.own_acceptance else set()
    yield "seed", settings.seed
    for field in fields(settings):
        value = getattr(settings, field.name)
        shown = field.name not in {"seed", *chosen} and value is not None
        asked = field.name == "engine" or (field.name == "ess" and not settings.digits)
        if shown and (asked or value != getattr(usual, field.name)):
            yield field.name, value
