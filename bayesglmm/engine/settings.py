"""How to sample: a frozen record that, with the seed, repeats a fit."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from numbers import Integral, Real

from bayesglmm.errors import SpecError, unknown

FEWEST_CHAINS = 4
"""Chains below which R-hat cannot be trusted (Vehtari et al. 2021, Bayesian Analysis 16(2))."""

KERNEL = "kernel"
GRAPH_ENGINES = ("nutpie", "pymc", "numpyro", "blackjax")
ENGINES = (KERNEL, *GRAPH_ENGINES)

DEFAULTS = {True: (150, 0.8), False: (1000, 0.9)}
"""Warm-up draws and target acceptance of the kernel, whose map knows the scales beforehand, and of
the samplers of the graph, which learn them."""

DEFAULT_ESS = 1000
DEFAULT_MINUTES = 60.0
GRAPH_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a sampling run.

    Attributes
    ----------
    engine : str
        ``"kernel"``, or a sampler of the graph: ``"nutpie"``, ``"pymc"``, ``"numpyro"`` or
        ``"blackjax"``.
    ess : int or None
        Bulk and tail effective sample size that every reported quantity is to reach; None where
        the number of draws is fixed.
    draws : int or None
        Kept draws of each chain; None where `ess` decides.
    tune : int
        Warm-up draws of each chain.
    chains : int
    seed : int
    target_accept : float
        Aimed-at acceptance probability; higher takes smaller steps.
    max_depth : int
        Doublings of a trajectory at most.
    max_minutes : float
        Wall time, the pilot included but not the compiling of a first use, after which the kernel
        stops with the draws it has: within a second or two, or one Newton step of the pilot.
    progress : bool
        Whether to show a progress bar.
    own_acceptance : bool
        Whether `target_accept` is the engine's own choice, which it may raise for the posterior.
    digits : bool
        Whether the kernel goes on for the digits of the main table, because neither `ess` nor
        `draws` was given.
    """

    engine: str
    ess: int | None
    draws: int | None
    tune: int
    chains: int
    seed: int
    target_accept: float
    max_depth: int
    max_minutes: float
    progress: bool
    own_acceptance: bool = False
    digits: bool = False


def make_settings(
    *,
    engine: str = KERNEL,
    ess: int | None = None,
    draws: int | None = None,
    tune: int | None = None,
    chains: int = FEWEST_CHAINS,
    seed: int | None = None,
    target_accept: float | None = None,
    max_depth: int = 10,
    max_minutes: float | None = None,
    progress: bool = True,
) -> Settings:
    """Check settings and draw a seed where none is given.

    Parameters
    ----------
    engine, chains, max_depth, progress
        See `Settings`.
    ess : int, optional
        1000 where neither `ess` nor `draws` is given, and then more for the digits of the main
        table; see `bayesglmm.engine.digits`. The kernel only.
    draws : int, optional
        A fixed number instead of `ess`; 2000 for samplers of the graph.
    max_minutes : float, optional
        60 where left out; the kernel only.
    tune, target_accept : optional
        The engine's own where left out.
    seed : int, optional
        None draws one; it is recorded, so every fit can be repeated.

    Returns
    -------
    Settings

    Raises
    ------
    SpecError
        If a number is out of range, or settings contradict each other.
    """
    if engine not in ENGINES:
        raise SpecError(unknown("engine", str(engine), ENGINES))
    by_kernel = engine == KERNEL
    if ess is not None and draws is not None:
        raise SpecError("Give ess= or draws=, not both: one of them says when to stop.")
    if ess is not None and not by_kernel:
        raise SpecError(
            f"engine='{engine}' takes a fixed number of draws. Write draws=2000 in place of ess=."
        )
    if max_minutes is not None and not by_kernel:
        raise SpecError(f"engine='{engine}' cannot be stopped by max_minutes=. Leave it out.")
    max_minutes = DEFAULT_MINUTES if max_minutes is None else max_minutes
    digits = by_kernel and ess is None and draws is None
    if draws is None:
        draws = None if by_kernel else GRAPH_DRAWS
        ess = DEFAULT_ESS if by_kernel and ess is None else ess
    tune = DEFAULTS[by_kernel][0] if tune is None else tune
    own_acceptance = target_accept is None
    target_accept = DEFAULTS[by_kernel][1] if target_accept is None else target_accept
    for name, value, least in (
        ("ess", ess, 100),
        ("draws", draws, 100),
        ("tune", tune, 100),
        ("chains", chains, FEWEST_CHAINS),
        ("max_depth", max_depth, 1),
    ):
        if value is not None and (not _is_whole(value) or value < least):
            raise SpecError(f"{name}={value!r} must be a whole number, {least} or more.")
    if not _is_real(target_accept) or not 0.5 <= target_accept < 1:
        raise SpecError(f"target_accept={target_accept!r} must be at least 0.5 and below 1.")
    if not _is_real(max_minutes) or not max_minutes > 0:
        raise SpecError(f"max_minutes={max_minutes!r} must be a number above 0.")
    if seed is None:
        seed = secrets.randbelow(2**31)
    elif not _is_whole(seed) or not 0 <= seed < 2**32:
        raise SpecError(f"seed={seed!r} must be a whole number from 0 to 2**32 - 1.")
    return Settings(
        engine,
        None if ess is None else int(ess),
        None if draws is None else int(draws),
        int(tune),
        int(chains),
        int(seed),
        float(target_accept),
        int(max_depth),
        float(max_minutes),
        progress,
        own_acceptance,
        digits,
    )


def _is_real(value: object) -> bool:
    return isinstance(value, Real)


def _is_whole(value: object) -> bool:
    """Whether a value is a whole number, Python's or NumPy's; True and False are not."""
    return isinstance(value, Integral) and not isinstance(value, bool)
