"""A spec as the Python code that makes it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from bayesglmm.engine.settings import Settings, make_settings
from bayesglmm.families import Prior
from bayesglmm.families.beliefs import code, is_belief
from bayesglmm.spec.model import ModelSpec
from bayesglmm.spec.said import said


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
    for name, value in said(spec).items():
        if name == "formula":
            yield repr(value)
        elif name == "priors":
            rules = "".join(
                f"        {key!r}: {_written(prior)},\n" for key, prior in value.items()
            )
            yield f"priors={{\n{rules}    }}"
        else:
            yield f"{name}={_written(value)}"


def _written(value: Any) -> str:
    """A value as code."""
    if isinstance(value, Prior):
        return value.code(before="bg.")
    if is_belief(value):
        return f"bg.{code(value)}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_written(each)}" for key, each in value.items()) + "}"
    return repr(value)


def _settings(settings: Settings) -> Iterator[tuple[str, Any]]:
    """Settings that the engine would not choose by itself."""
    usual = make_settings(engine=settings.engine, seed=settings.seed)
    chosen = {"progress", "open", *settings.open}
    yield "seed", settings.seed
    for field in fields(settings):
        value = getattr(settings, field.name)
        shown = field.name not in {"seed", *chosen} and value is not None
        asked = field.name in ("engine", "ess")
        if shown and (asked or value != getattr(usual, field.name)):
            yield field.name, value
