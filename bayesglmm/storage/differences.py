"""What a file holds beside what a model asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Protocol

from bayesglmm.design.design import Design
from bayesglmm.engine.settings import Settings, make_settings
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.spec.model import ModelSpec
from bayesglmm.spec.said import said
from bayesglmm.storage.plain_data import digest

NOT_OF_THE_DRAWS = ("ess", "max_minutes", "progress")
"""Settings that say how long a run goes on, not what its draws are."""


class Made(Protocol):
    """What a file says of the model and the run that it holds."""

    @property
    def spec(self) -> ModelSpec:
        """What the user said."""

    @property
    def digest(self) -> str:
        """Of the rows."""

    @property
    def priors(self) -> Mapping[str, ChosenPrior]:
        """By parameter."""

    @property
    def settings(self) -> Settings:
        """Of the run."""


def differences(
    contents: Made,
    design: Design,
    priors: Mapping[str, ChosenPrior],
    asked: Mapping[str, Any],
) -> list[str]:
    """In what a saved run is another than the one that is asked for.

    Parameters
    ----------
    contents : Made
        Such as the `Contents` of a saved fit.
    design : Design
        Of the model that is to be fitted.
    priors : mapping
    asked : mapping
        Keywords of `make_settings`; those that were left out may be anything.

    Returns
    -------
    list of str
        A clause each; empty where spec, rows, priors and the settings asked for are the same.
    """
    found = list(_of_spec(said(contents.spec), said(design.spec)))
    if not found and digest(design) != contents.digest:
        found = ["it was made of other rows"]
    if not found:  # of another spec or other rows the priors may follow
        found = _of_priors(contents.priors, priors)
    return found + list(_of_settings(contents.settings, asked))


def _of_spec(there: Mapping[str, Any], here: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*there, *here]):
        if there.get(name) != here.get(name):
            yield f"its {name} is {there.get(name)!r}, not {here.get(name)!r}"


def _of_priors(there: Mapping[str, ChosenPrior], here: Mapping[str, ChosenPrior]) -> list[str]:
    moved = [
        chosen.name
        for name, chosen in here.items()
        if name not in there or there[name].prior != chosen.prior
    ]
    return [f"it had other priors for {', '.join(moved)}"] if moved else []


def _of_settings(there: Settings, asked: Mapping[str, Any]) -> Iterator[str]:
    here = make_settings(**{"seed": there.seed, **asked})
    for field in fields(Settings):
        name = field.name
        was, wanted = getattr(there, name), getattr(here, name)
        if name in asked and name not in NOT_OF_THE_DRAWS and was != wanted:
            yield f"its {name} is {was!r}, not {wanted!r}"
