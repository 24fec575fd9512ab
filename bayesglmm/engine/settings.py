"""How to sample: a frozen record that, with the seed, repeats a fit."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from numbers import Integral, Real

from bayesglmm.errors import SpecError

FEWEST_CHAINS = 4
"""Chains below which R-hat cannot be trusted (Vehtari et al. 2021, Bayesian Analysis 16(2))."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a sampling run.

    Attributes
    ----------
    engine : str
        ``"nutpie"``, ``"pymc"``, ``"numpyro"`` or ``"blackjax"``.
    draws, tune : int
        Kept and warm-up draws of each chain.
    chains : int
    seed : int
    target_accept : float
        Aimed-at acceptance probability; higher takes smaller steps.
    max_depth : int
        Doublings of a trajectory at most.
    progress : bool
        Whether to show a progress bar.
    """

    engine: str
    draws: int
    tune: int
    chains: int
    seed: int
    target_accept: float
    max_depth: int
    progress: bool


def make_settings(
    *,
    engine: str = "nutpie",
    draws: int = 2000,
    tune: int = 1000,
    chains: int = FEWEST_CHAINS,
    seed: int | None = None,
    target_accept: float = 0.9,
    max_depth: int = 10,
    progress: bool = True,
) -> Settings:
    """Check settings and draw a seed where none is given.

    Parameters
    ----------
    engine, draws, tune, chains, target_accept, max_depth, progress
        See `Settings`.
    seed : int, optional
        None draws one; it is recorded, so every fit can be repeated.

    Returns
    -------
    Settings

    Raises
    ------
    SpecError
        If a number is out of range.
    """
    for name, value, least in (
        ("draws", draws, 100),
        ("tune", tune, 100),
        ("chains", chains, FEWEST_CHAINS),
        ("max_depth", max_depth, 1),
    ):
        if not _is_whole(value) or value < least:
            raise SpecError(f"{name}={value!r} must be a whole number, {least} or more.")
    if not _is_real(target_accept) or not 0.5 <= target_accept < 1:
        raise SpecError(f"target_accept={target_accept!r} must be at least 0.5 and below 1.")
    if seed is None:
        seed = secrets.randbelow(2**31)
    elif not _is_whole(seed) or not 0 <= seed < 2**32:
        raise SpecError(f"seed={seed!r} must be a whole number from 0 to 2**32 - 1.")
    return Settings(
        engine,
        int(draws),
        int(tune),
        int(chains),
        int(seed),
        float(target_accept),
        int(max_depth),
        progress,
    )


def _is_real(value: object) -> bool:
    return isinstance(value, Real)


def _is_whole(value: object) -> bool:
    """Whether a value is a whole number, Python's or NumPy's; True and False are not."""
    return isinstance(value, Integral) and not isinstance(value, bool)
