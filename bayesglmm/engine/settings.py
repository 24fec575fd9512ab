"""How to sample: a frozen record that, with the seed, repeats a fit."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any

from bayesglmm.errors import SpecError, brief, unknown

FEWEST_CHAINS = 4
"""Chains below which R-hat cannot be trusted (Vehtari et al. 2021, Bayesian Analysis 16(2))."""

KERNEL = "kernel"
GRAPH_ENGINES = ("nutpie", "pymc", "numpyro", "blackjax")
ENGINES = (KERNEL, *GRAPH_ENGINES)
NUTS, COLLAPSED = "nuts", "collapsed"
SAMPLERS = (NUTS, COLLAPSED)
"""Of the kernel: the No-U-Turn sampler, and one with the group effects integrated out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a sampling run.

    Attributes
    ----------
    engine : str
        ``"kernel"`` where left out, or a sampler of the graph: ``"nutpie"``, ``"pymc"``,
        ``"numpyro"`` or ``"blackjax"``.
    ess : int or None
        Bulk and tail effective sample size that every reported quantity is to reach; None where
        the number of draws is fixed. Where neither is given it is 1000, and then more for the
        digits of the main table; see `bayesglmm.engine.digits`. The kernel only.
    draws : int or None
        Kept draws of each chain; None where `ess` decides. Samplers of the graph make 2000 where
        it is left out.
    tune : int
        Warm-up draws of each chain; the engine's own number where left out.
    chains : int
    seed : int
        Drawn where left out, so that every fit can be repeated.
    target_accept : float
        Aimed-at acceptance probability; higher takes smaller steps. The engine's own where left
        out.
    max_depth : int
        Doublings of a trajectory at most.
    max_minutes : float
        Wall time, the pilot included but not the compiling of a first use, after which the kernel
        stops with the draws it has, in the middle of a trajectory or between pieces of the pilot.
        60 where left out; the kernel only.
    progress : bool
        Whether to show a progress bar.
    open : tuple of str
        Which of ``"ess"``, ``"target_accept"`` and ``"sampler"`` was left to the engine: it goes on
        for digits where the first is, and may raise the second for a posterior.
    sampler : str
        ``"nuts"``, or ``"collapsed"``, which integrates the group effects out; where it is left out
        the kernel takes the latter for many rows in many groups, unless `target_accept` or
        `max_depth` is given. Samplers of the graph are all ``"nuts"``.
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
    open: tuple[str, ...] = ()
    sampler: str = NUTS


DEFAULTS = {"chains": FEWEST_CHAINS, "max_depth": 10, "max_minutes": 60.0, "progress": True}

BY_KERNEL = {"tune": 150, "target_accept": 0.8}
"""Warm-up draws and target acceptance of the kernel, whose map knows the scales beforehand."""
BY_GRAPH = {"tune": 1000, "target_accept": 0.9}
"""Those of the samplers of the graph, which learn the scales."""

OF_NUTS = ("target_accept", "max_depth")
"""Settings that only the No-U-Turn sampler has."""

DEFAULT_ESS = 1000
GRAPH_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Range:
    """What a setting may be."""

    kind: type
    words: str
    holds: Callable[[Any], bool]


def _at_least(least: int) -> Range:
    return Range(int, f"a whole number, {least} or more", lambda value: value >= least)


RANGES = {
    "ess": _at_least(100),
    "draws": _at_least(100),
    "tune": _at_least(100),
    "chains": _at_least(FEWEST_CHAINS),
    "seed": Range(int, "a whole number from 0 to 2**32 - 1", lambda value: 0 <= value < 2**32),
    "target_accept": Range(float, "at least 0.5 and below 1", lambda value: 0.5 <= value < 1),
    "max_depth": _at_least(1),
    "max_minutes": Range(float, "a number above 0", lambda value: value > 0),
    "progress": Range(bool, "True or False", lambda value: value in (True, False)),
}

NUMBERS = {int: Integral, float: Real, bool: bool}
"""Python's own type of a setting to what may be given for it, NumPy's numbers included."""


def make_settings(**asked: Any) -> Settings:
    """Check settings, and choose those that are left out.

    Parameters
    ----------
    **asked
        Fields of `Settings` but `open`; None is one that is left out.

    Returns
    -------
    Settings

    Raises
    ------
    SpecError
        If a setting is unknown or out of range, or settings contradict each other.
    """
    known = [each.name for each in fields(Settings) if each.name != "open"]
    for name in asked:
        if name not in known:
            raise SpecError(unknown("setting", name, known))
    given = {name: value for name, value in asked.items() if value is not None}
    engine, sampler = given.pop("engine", KERNEL), given.pop("sampler", "")
    if engine not in ENGINES:
        raise SpecError(unknown("engine", engine, ENGINES))
    if sampler and sampler not in SAMPLERS:
        raise SpecError(unknown("sampler", sampler, SAMPLERS))
    _check_agreement(engine, sampler, given)
    given = {name: _read(name, value) for name, value in given.items()}
    return _completed(engine, sampler, given)


def _check_agreement(engine: str, sampler: str, given: Mapping[str, Any]) -> None:
    if "ess" in given and "draws" in given:
        raise SpecError("Give ess= or draws=, not both: one of them says when to stop.")
    of_nuts = [name for name in OF_NUTS if name in given]
    if sampler == COLLAPSED and of_nuts:
        raise SpecError(
            f"{of_nuts[0]}= is of the No-U-Turn sampler. Leave it out, or sampler='{COLLAPSED}'."
        )
    if sampler == COLLAPSED and engine != KERNEL:
        raise SpecError(
            f"sampler='{COLLAPSED}' is one of the kernel's. Leave engine='{engine}' out."
        )
    if engine == KERNEL:
        return
    if "ess" in given:
        raise SpecError(
            f"engine='{engine}' takes a fixed number of draws. Write draws=2000 in place of ess=."
        )
    if "max_minutes" in given:
        raise SpecError(f"engine='{engine}' cannot be stopped by max_minutes=. Leave it out.")


def _read(name: str, value: Any) -> Any:
    """A setting as a number of Python's own; True and False are no numbers."""
    allowed = RANGES[name]
    right = isinstance(value, NUMBERS[allowed.kind])
    right &= allowed.kind is bool or not isinstance(value, bool)
    if not right or not allowed.holds(value):
        raise SpecError(f"{name}={brief(value)} must be {allowed.words}.")
    return allowed.kind(value)


def _completed(engine: str, sampler: str, given: Mapping[str, Any]) -> Settings:
    """Settings with the engine's choice of those that are not given."""
    by_kernel = engine == KERNEL
    goal: dict[str, int | None] = {"ess": None, "draws": None}
    if "ess" not in given and "draws" not in given:
        goal |= {"ess": DEFAULT_ESS} if by_kernel else {"draws": GRAPH_DRAWS}
    own = ["target_accept"]
    if by_kernel:
        own += ["ess"] * bool(goal["ess"])
        own += ["sampler"] * (not sampler and not any(name in given for name in OF_NUTS))
    chosen: dict[str, Any] = DEFAULTS | (BY_KERNEL if by_kernel else BY_GRAPH) | goal
    chosen |= {} if "seed" in given else {"seed": secrets.randbelow(2**31)}
    left = tuple(name for name in own if name not in given)
    chosen |= {"sampler": sampler or NUTS}
    return Settings(engine=engine, open=left, **{**chosen, **given})
