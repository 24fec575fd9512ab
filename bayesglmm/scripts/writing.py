"""Scripts by the name of the tool, and what to do where a tool cannot say a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bayesglmm.crosscheck import Described
from bayesglmm.errors import SpecError, unknown
from bayesglmm.scripts.bambi import bambi_script
from bayesglmm.scripts.brms import brms_script
from bayesglmm.scripts.glmmtmb import glmmtmb_script
from bayesglmm.scripts.lme4 import lme4_script
from bayesglmm.scripts.pymc import pymc_script
from bayesglmm.scripts.script import Script
from bayesglmm.tables.english import joined

TOOLS: Mapping[str, Callable[[Described], Script]] = {
    "brms": brms_script,
    "glmmTMB": glmmtmb_script,
    "lme4": lme4_script,
    "bambi": bambi_script,
    "pymc": pymc_script,
}
"""What writes the script of each tool."""

NO_PRIORS = ("glmmTMB", "lme4")
"""Tools of maximum likelihood."""


def code(model: Described, tool: str) -> Script:
    """The same model in the language of another tool.

    Parameters
    ----------
    model : Described
        A `Model` or a `Fit`.
    tool : str
        One of `TOOLS`.

    Returns
    -------
    Script

    Raises
    ------
    SpecError
        If there is no such tool, or it cannot say the model: what it cannot say, and which of the
        others can.
    """
    if tool not in TOOLS:
        raise SpecError(unknown("tool", str(tool), TOOLS))
    try:
        return TOOLS[tool](model)
    except SpecError as error:
        able = [name for name in TOOLS if name != tool and _can(name, model)]
        called = [f"{name} (without priors)" if name in NO_PRIORS else name for name in able]
        other = f"{joined(called)} can." if able else "The PyMC graph, model.pymc, says all of it."
        raise SpecError(f"{error} {other}") from error


def _can(tool: str, model: Described) -> bool:
    """Whether a tool can say a model."""
    try:
        TOOLS[tool](model)
    except SpecError:
        return False
    return True
