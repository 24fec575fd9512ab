"""Specs, priors and settings as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from bayesglmm.engine.draws import Run
from bayesglmm.engine.settings import Settings
from bayesglmm.errors import SpecError
from bayesglmm.families import Prior
from bayesglmm.families.beliefs import BELIEFS
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.spec import ModelSpec, specify
from bayesglmm.spec.said import said

PLAIN = (str, int, float, bool)
"""Values of a column that JSON keeps apart."""


def pack_spec(spec: ModelSpec) -> dict[str, Any]:
    """A spec as the keywords of `specify`; values of a column stand beside their labels.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    dict
        Ready for JSON, whose objects have texts as keys only: the labels of a column's values are
        a list of pairs.

    Raises
    ------
    SpecError
        If a value that has a label is neither number, text nor truth value.
    """
    found = said(spec)
    labels = {column: _pack_label(column, each) for column, each in found.pop("labels", {}).items()}
    priors = {key: _pack_priors(each) for key, each in found.pop("priors", {}).items()}
    return found | ({"labels": labels} if labels else {}) | ({"priors": priors} if priors else {})


def unpack_spec(packed: Mapping[str, Any]) -> ModelSpec:
    """The spec that `pack_spec` made JSON of.

    Parameters
    ----------
    packed : mapping

    Returns
    -------
    ModelSpec
    """
    labels = {column: _unpack_label(each) for column, each in packed.get("labels", {}).items()}
    priors = {key: _unpack_priors(each) for key, each in packed.get("priors", {}).items()}
    return specify(**{**packed, "labels": labels or None, "priors": priors or None})


def _pack_label(column: str, label: Any) -> dict[str, Any]:
    """A column's name in print and the labels of its values; what is not said is left out."""
    name, values = label if isinstance(label, tuple) else (None, label)
    if isinstance(values, str):
        return {"name": values}
    for value in values:
        if not isinstance(value, PLAIN):
            raise SpecError(
                f"labels={{'{column}': ...}} names the value {value!r}, a {type(value).__name__}, "
                "which a file cannot hold. Use numbers or texts as the values that have labels."
            )
    pairs = [[value, text] for value, text in values.items()]
    return {"values": pairs} if name is None else {"name": name, "values": pairs}


def _unpack_label(packed: Mapping[str, Any]) -> Any:
    if "values" not in packed:
        return packed["name"]
    values = dict(packed["values"])
    return (packed["name"], values) if "name" in packed else values


def _pack_priors(given: Any) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return {"keys": {key: _pack_said(each) for key, each in given.items()}}
    return _pack_said(given)


def _pack_said(said: Any) -> dict[str, Any]:
    """A prior, or a belief as its name and its numbers."""
    if isinstance(said, Prior):
        return pack_prior(said)
    return {"belief": type(said).__name__, "arguments": said.arguments}


def _unpack_priors(packed: Mapping[str, Any]) -> Any:
    if "keys" not in packed:
        return _unpack_said(packed)
    return {key: _unpack_said(each) for key, each in packed["keys"].items()}


def _unpack_said(packed: Mapping[str, Any]) -> Any:
    if "belief" in packed:
        return BELIEFS[packed["belief"]](**packed["arguments"])
    return unpack_prior(packed)


def pack_prior(prior: Prior) -> dict[str, Any]:
    """A prior as its name and its arguments.

    Parameters
    ----------
    prior : Prior

    Returns
    -------
    dict
    """
    packed = {"name": prior.name, "arguments": {key: float(a) for key, a in prior.arguments}}
    return packed | ({"of": prior.of} if prior.of else {})


def unpack_prior(packed: Mapping[str, Any]) -> Prior:
    """The prior that `pack_prior` took apart.

    Parameters
    ----------
    packed : mapping

    Returns
    -------
    Prior
    """
    return Prior(packed["name"], **packed["arguments"]).about(packed.get("of", ""))


def pack_chosen(priors: Mapping[str, ChosenPrior]) -> list[dict[str, Any]]:
    """The priors that a fit had, with their reasons.

    Parameters
    ----------
    priors : mapping
        From `choose_priors`.

    Returns
    -------
    list of dict
    """
    fields = ("parameter", "kind", "reason", "source", "name", "printed", "support")
    return [
        {field: getattr(chosen, field) for field in fields} | {"prior": pack_prior(chosen.prior)}
        for chosen in priors.values()
    ]


def unpack_chosen(packed: list[dict[str, Any]]) -> dict[str, ChosenPrior]:
    """The priors that `pack_chosen` took apart, by parameter.

    Parameters
    ----------
    packed : list of dict

    Returns
    -------
    dict
    """
    return {
        each["parameter"]: ChosenPrior(**(each | {"prior": unpack_prior(each["prior"])}))
        for each in packed
    }


def pack_run(run: Run, settings: Settings) -> dict[str, Any]:
    """How draws were made.

    Parameters
    ----------
    run : Run
    settings : Settings

    Returns
    -------
    dict
    """
    return {"settings": asdict(settings), "run": asdict(run) | {"seconds": dict(run.seconds)}}


def unpack_run(packed: Mapping[str, Any]) -> tuple[Run, Settings]:
    """What `pack_run` took apart.

    Parameters
    ----------
    packed : mapping

    Returns
    -------
    Run, Settings
    """
    run = Run(**packed["run"])
    run = replace(run, notes=tuple(run.notes), extensions=tuple(run.extensions))
    return run, _unpack_settings(packed["settings"])


def _unpack_settings(packed: Mapping[str, Any]) -> Settings:
    """Settings; the first files said by two flags what was left open."""
    flags = {"own_acceptance": "target_accept", "digits": "ess"}
    told = {name: value for name, value in packed.items() if name not in flags}
    left = [*packed.get("open", ()), *(flags[name] for name in flags if packed.get(name))]
    return Settings(**(told | {"open": tuple(left)}))
