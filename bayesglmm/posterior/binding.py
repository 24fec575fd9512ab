"""What is asked of a posterior, as methods of a fit."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from functools import update_wrapper
from typing import Any, Concatenate, Protocol

from bayesglmm.posterior.diagnose import Verdict
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Summary, Table


class Judged(Protocol):
    """A posterior with a verdict on its draws."""

    @property
    def posterior(self) -> Posterior:
        """The draws at the model's own rows."""

    @property
    def verdict(self) -> Verdict:
        """Whether they converged."""


def method_of_fit[**Options, Answer: (Table, Summary)](
    function: Callable[Concatenate[Posterior, Options], Answer],
) -> Callable[Concatenate[Judged, Options], Answer]:
    """The function as a method, which asks it of the fit's posterior.

    Parameters
    ----------
    function : callable
        Takes a posterior first, and answers with a table or a summary.

    Returns
    -------
    callable
        With the name, options and documentation of the function. Where the fit failed, its answers
        begin with the verdict.
    """

    def method(self: Judged, /, *args: Options.args, **options: Options.kwargs) -> Answer:
        return judged(function(self.posterior, *args, **options), self.verdict)

    named_like(method, function)
    return method


def named_like(method: Callable[..., Any], function: Callable[..., Any]) -> None:
    """Give a method the name, options and documentation of a function of a posterior."""
    update_wrapper(method, function)
    signature = inspect.signature(function)
    first, *others = signature.parameters.values()
    own = signature.replace(
        parameters=[first.replace(name="self", annotation=first.empty), *others]
    )
    method.__signature__ = own  # type: ignore[attr-defined]
    method.__doc__ = without_posterior(inspect.getdoc(function) or "")


def judged[Answer: (Table, Summary)](answer: Answer, verdict: Verdict) -> Answer:
    """An answer that says so where the fit failed."""
    if verdict.passed:
        return answer
    if isinstance(answer, Table):
        return replace(answer, notes=(verdict.sentence(), *answer.notes))
    return replace(answer, heading=verdict.sentence())


def without_posterior(text: str) -> str:
    """A docstring without its entry for the posterior, nor a heading that is left with nothing."""
    text = re.sub(r"^posterior : Posterior\n(?: .*\n)*", "", text, flags=re.MULTILINE)
    return re.sub(r"^Parameters\n-+\n(?=\n|\Z)\n?", "", text, flags=re.MULTILINE)
