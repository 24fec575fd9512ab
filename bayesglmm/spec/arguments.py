"""Arguments of a model that there are not, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import signature

from bayesglmm.errors import SpecError, brief, unknown
from bayesglmm.families import FAMILIES

_SAMPLING = "It is an argument of fit(): Model(...).fit({name}=...)."
_GROUPS = "Group terms stand in the formula: y ~ x + (1 | g)."
_MISSING = 'Rows are chosen in the data; missing="drop" drops those with a missing value.'

_MEANT = {
    "offset": "Write offset(x) in the formula, or exposure='x' for a count's denominator.",
    "prior": "Write priors={'x': Prior('Normal', sigma=1)}.",
    "contrasts": "Write C(f, Sum) in the formula, or reference={'f': 'placebo'}.",
    "trials": "Write p(k, n) ~ ... with family='binomial'.",
    "formula": "The formula is the first argument: Model('y ~ x', data).",
    **dict.fromkeys(("random", "groups", "re_formula", "vc_formula", "ranef", "group"), _GROUPS),
    **dict.fromkeys(("subset", "na_action", "dropna", "na"), _MISSING),
    **dict.fromkeys(
        ("seed", "draws", "chains", "cores", "tune", "ess", "iter", "warmup", "engine",
         "target_accept", "max_minutes", "progress"),
        _SAMPLING,
    ),
}  # fmt: skip


_OF_FAMILIES = tuple(
    dict.fromkeys(parameter.name for family in FAMILIES for parameter in family.others)
)
"""Parameters of the families, which may have a formula each."""


def answers_unknown[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Let a function answer arguments that it has not by a SpecError: it says what to write.

    Parameters
    ----------
    function : callable
        One argument by its place, the others by name.

    Returns
    -------
    callable
    """
    parameters = signature(function).parameters.values()
    known = tuple(item.name for item in parameters if item.kind is not item.VAR_KEYWORD)

    @wraps(function)
    def answering(*arguments: P.args, **named: P.kwargs) -> R:
        if len(arguments) > 1:
            raise SpecError(
                f"The argument {brief(arguments[1])} has no name, which only the {known[0]} may "
                f"lack. Write {known[1]}={brief(arguments[1])}, say."
            )
        _check_arguments(named, (*known[len(arguments) :], *_OF_FAMILIES))
        return function(*arguments, **named)

    return answering


def _check_arguments(given: Iterable[str], known: Sequence[str]) -> None:
    for name in given:
        if name in known or any(family.pattern(name) for family in FAMILIES):
            continue
        if name in _MEANT:
            meant = _MEANT[name].replace("{name}", name)
            raise SpecError(f"A model has no argument {name}=. {meant}")
        raise SpecError(unknown("argument", name, known))
