"""From draws of estimands to tables: median, interval, certainty, Monte Carlo errors, words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.families.links import Array
from bayesglmm.posterior.answer import answer, emptied, row_draws
from bayesglmm.posterior.estimands.asked import Mean
from bayesglmm.posterior.estimands.estimability import estimability_notes, line_names
from bayesglmm.posterior.estimands.rows import Target
from bayesglmm.posterior.notes import alias_notes, interval_note, reference_notes
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import ESTIMATES
from bayesglmm.tables import Table

type Blocks = Callable[[], Iterable[Array]]
"""Gives draws (S, k) of the cells of a target, a stretch of them at a time."""


@dataclass(frozen=True, slots=True)
class Summing:
    """How draws are summed up.

    Attributes
    ----------
    mass : float
        Posterior probability inside the intervals.
    no_effect : float or None
        The value that means no effect: with it goes the probability of lying above.
    """

    mass: float
    no_effect: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Lines of a table of estimands.

    Attributes
    ----------
    frame : pandas.DataFrame
        What each line is for, then the columns of `answer`.
    names : list of str
        What notes call the lines.
    known : array of bool
        Which lines the data can tell; the others are empty.
    draws : callable
        Gives the draws of the lines, (S, lines).
    """

    frame: pd.DataFrame
    names: list[str]
    known: NDArray[np.bool_]
    draws: Callable[[], Array]

    @property
    def lost_notes(self) -> tuple[str, ...]:
        """Which lines are empty, and why."""
        return estimability_notes(self.names, self.known)


def lines_of(
    target: Target,
    blocks: Blocks,
    summing: Summing,
    known: Array,
    label: Mapping[str, tuple[str, str]],
) -> Answers:
    """The lines of a target with their answers.

    Parameters
    ----------
    target : Target
    blocks : callable
        Gives the draws of its cells.
    summing : Summing
    known : array of bool, shape (cells,)
    label : mapping
        A column that stands before those of the target to its value in the frame and as readers
        see it, such as ``{"slope": ("x", "age in years")}``; may be empty.

    Returns
    -------
    Answers
    """
    found = answer(blocks(), summing.mass, summing.no_effect)
    values = emptied(found, known).iloc[target.cell].reset_index(drop=True)
    lines, called = target.lines.copy(), target.lines.copy()
    for column, (own, printed) in label.items():
        lines.insert(0, column, own)
        called.insert(0, column, printed)
    names = line_names(called, printed_names(target.design))
    return Answers(
        lines.join(values),
        names,
        np.asarray(known[target.cell], dtype=bool),
        lambda: np.concatenate([*blocks()], axis=1)[:, target.cell],
    )


def joined(parts: Sequence[Answers]) -> Answers:
    """Several answers, one below the other."""
    return Answers(
        pd.concat([part.frame for part in parts], ignore_index=True),
        [name for part in parts for name in part.names],
        np.concatenate([part.known for part in parts]),
        lambda: np.concatenate([part.draws() for part in parts], axis=1),
    )


def by_category(design: Design, means: Sequence[Mean], parts: Sequence[Answers]) -> Answers:
    """Lines of a target, each once for every category of the response, one below the other.

    Parameters
    ----------
    design : Design
    means : sequence of Mean
        From `make_means`.
    parts : sequence of Answers
        One for each.

    Returns
    -------
    Answers
        With a column of the response's name, before the answers; the only part where the response
        has no categories.
    """
    if len(means) == 1:
        return parts[0]
    response = design.spec.formula.response_name
    frames = []
    for mean, part in zip(means, parts, strict=True):
        frame = part.frame.copy()
        frame.insert(list(frame).index(ESTIMATES[0]), response, mean.category)
        frames.append(frame)
    size = len(frames[0])
    order = np.arange(size * len(parts)).reshape(len(parts), size).T.ravel()
    names = [
        f"{name}, {mean.category}".removeprefix(", ")
        for mean, part in zip(means, parts, strict=True)
        for name in part.names
    ]
    return Answers(
        pd.concat(frames, ignore_index=True).iloc[order].reset_index(drop=True),
        [names[place] for place in order],
        np.concatenate([part.known for part in parts])[order],
        lambda: np.concatenate([part.draws() for part in parts], axis=1)[:, order],
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What a table of estimands says.

    Attributes
    ----------
    caption, scale, estimand : str
    notes : tuple of str
    positive : bool
        Whether the numbers cannot be 0.
    called : mapping
        As of `Table`.
    """

    caption: str
    scale: str
    estimand: str
    notes: tuple[str, ...] = ()
    positive: bool = False
    called: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def make_table(
    posterior: Posterior,
    frame: pd.DataFrame,
    draws: Callable[[], Array],
    summing: Summing,
    said: Said,
) -> Table:
    """A table of estimands.

    Parameters
    ----------
    posterior : Posterior
        At the model's own rows, for reference levels and aliases.
    frame : pandas.DataFrame
        What each line is for, then the columns of `answer`.
    draws : callable
        Gives the draws of the lines, (S, lines).
    summing : Summing
    said : Said

    Returns
    -------
    Table
    """
    design = posterior.design
    kinds = dict.fromkeys(ESTIMATES, "positive" if said.positive else "estimate")
    others = [str(name) for name in frame if name not in ESTIMATES and f"mcse_{name}" in frame]
    kinds |= dict.fromkeys(others, "probability")
    about = (interval_note(summing.mass), *reference_notes(design), *said.notes)
    return Table(
        frame,
        said.caption,
        said.scale,
        said.estimand,
        (*about, *alias_notes(design)),
        kinds,
        said.called,
        printed_names(design),
        row_draws(posterior, draws, summing.mass, summing.no_effect),
    )
