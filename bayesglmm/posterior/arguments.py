"""Arguments and columns that several calls take, read and checked alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from bayesglmm.errors import SpecError, brief, no_share


def is_real(value: Any) -> bool:
    """Whether a value is one finite number, Python's or NumPy's; True and False are not."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    return bool(np.isfinite(float(value)))


def check_share(argument: str, value: Any) -> None:
    """Check a share or probability.

    Parameters
    ----------
    argument : str
        Such as ``"mass"``.
    value : object
        As it was given.

    Raises
    ------
    SpecError
        If it is no number between 0 and 1.
    """
    if not is_real(value):
        raise SpecError(
            f"{argument}={brief(value)} is no number between 0 and 1. Write a share such as 0.95."
        )
    if not 0 < value < 1:
        raise SpecError(no_share(argument, value))


def check_number(argument: str, value: Any) -> None:
    """Check a number that may be any finite one.

    Parameters
    ----------
    argument : str
    value : object
        As it was given; None is always right.

    Raises
    ------
    SpecError
    """
    if value is not None and not is_real(value):
        raise SpecError(
            f"{argument}={brief(value)} is no finite number. Write one, or leave it out."
        )


def check_whole(argument: str, value: Any, least: int) -> None:
    """Check a whole number, Python's or NumPy's.

    Parameters
    ----------
    argument : str
        Such as ``"draws"``.
    value : object
        As it was given.
    least : int
        The smallest that is allowed.

    Raises
    ------
    SpecError
    """
    right = isinstance(value, Integral) and not isinstance(value, bool)
    if not right or value < least:
        raise SpecError(f"{argument}={brief(value)} must be a whole number, {least} or more.")


def check_word(argument: str, value: Any, words: Iterable[str]) -> None:
    """Check a word that has to be one of a few.

    Parameters
    ----------
    argument : str
    value : object
        As it was given.
    words : iterable of str

    Raises
    ------
    SpecError
    """
    known = list(words)
    if not isinstance(value, str) or value not in known:
        raise SpecError(f"{argument}={brief(value)} is unknown. Write one of: {', '.join(known)}.")


def check_flag(argument: str, value: Any) -> None:
    """Check what is to be True or False.

    Parameters
    ----------
    argument : str
    value : object
        As it was given.

    Raises
    ------
    SpecError
    """
    if not isinstance(value, (bool, np.bool_)):
        raise SpecError(f"{argument}={brief(value)} must be True or False.")


def check_kind[Kind](argument: str, value: Any, kind: type[Kind], instead: str) -> None:
    """Check an object that another call gives.

    Parameters
    ----------
    argument : str
    value : object
        As it was given.
    kind : type
    instead : str
        What to pass.

    Raises
    ------
    SpecError
    """
    if not isinstance(value, kind):
        raise SpecError(f"{argument}={brief(value)} is no {kind.__name__}. {instead}")


def read_numbers(argument: str, value: Any) -> dict[str, float]:
    """Names with a number each.

    Parameters
    ----------
    argument : str
        Such as ``"truth"``.
    value : mapping
        As it was given.

    Returns
    -------
    dict of str to float

    Raises
    ------
    SpecError
        If it is no dictionary of finite numbers, or empty.
    """
    if not isinstance(value, Mapping) or not value:
        raise SpecError(
            f"{argument}={brief(value)} must be a dictionary of numbers, such as "
            f"{argument}={{'Intercept': 1.5}}."
        )
    for name, number in value.items():
        if not is_real(number):
            raise SpecError(f"{argument}={{{name!r}: {brief(number)}}} is no finite number.")
    return {str(name): float(number) for name, number in value.items()}


def check_exposure(exposure: float | None, known: bool) -> None:
    """Check an exposure that takes the place of the rows' own.

    Parameters
    ----------
    exposure : float or None
        As it was given; None is always right.
    known : bool
        Whether the model has an exposure.

    Raises
    ------
    SpecError
        If the model has none, or it is no finite number above 0.
    """
    if exposure is not None and not known:
        raise SpecError("exposure= was given, but the model has no exposure.")
    if exposure is not None and not (is_real(exposure) and exposure > 0):
        raise SpecError(f"exposure={brief(exposure)} must be a number above 0.")
