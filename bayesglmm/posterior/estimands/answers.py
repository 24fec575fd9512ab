"""From draws of estimands to tables: median, interval, certainty, Monte Carlo errors, words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_factors, printed_names
from bayesglmm.engine.draws import Run
from bayesglmm.families.links import Array
from bayesglmm.posterior.estimands.asked import Mean
from bayesglmm.posterior.estimands.estimability import (
    emptied,
    estimability_notes,
    line_names,
)
from bayesglmm.posterior.estimands.rows import Target
from bayesglmm.posterior.notes import alias_notes, interval_note, left_out, reference_notes
from bayesglmm.posterior.quantities import (
    BATCHES,
    ESTIMATES,
    batch_errors,
    quantiles,
    tail_of,
)
from bayesglmm.tables import Table


def answer(blocks: Iterable[Array], mass: float, no_effect: float | None = None) -> pd.DataFrame:
    """Summarise draws of many quantities.

    Parameters
    ----------
    blocks : iterable of arrays of shape (S, k)
        Draws, the chains one after the other; stretches of quantities side by side.
    mass : float
        Posterior probability inside the equal-tailed interval.
    no_effect : float, optional
        With it, the posterior probability of being above it.

    Returns
    -------
    pandas.DataFrame
        One row a quantity; Monte Carlo errors by batch means.
    """
    tail = tail_of(mass)
    shares = (0.5, tail, 1 - tail)
    parts = []
    for values in blocks:
        found = zip(ESTIMATES, quantiles(values, shares), strict=True)
        part = pd.DataFrame(dict(found))
        if no_effect is not None:
            part[f"P(>{no_effect:g})"], certainty_error = certainty(values, no_effect)
        for name, error in zip(ESTIMATES, batch_errors(values, shares), strict=True):
            part[f"mcse_{name}"] = error
        if no_effect is not None:
            part[f"mcse_P(>{no_effect:g})"] = certainty_error
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


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
    """

    frame: pd.DataFrame
    names: list[str]
    known: NDArray[np.bool_]

    @property
    def lost_notes(self) -> tuple[str, ...]:
        """Which lines are empty, and why."""
        return estimability_notes(self.names, self.known)


def lines_of(
    target: Target, found: pd.DataFrame, known: Array, label: Mapping[str, tuple[str, str]]
) -> Answers:
    """The lines of a target with their answers.

    Parameters
    ----------
    target : Target
    found : pandas.DataFrame
        From `answer`, one row a cell.
    known : array of bool, shape (cells,)
    label : mapping
        A column that stands before those of the target to its value in the frame and as readers
        see it, such as ``{"slope": ("x", "age in years")}``; may be empty.

    Returns
    -------
    Answers
    """
    values = emptied(found, known).iloc[target.cell].reset_index(drop=True)
    lines, called = target.lines.copy(), target.lines.copy()
    for column, (own, printed) in label.items():
        lines.insert(0, column, own)
        called.insert(0, column, printed)
    names = line_names(called, printed_names(target.design))
    return Answers(lines.join(values), names, np.asarray(known[target.cell], dtype=bool))


def joined(parts: Sequence[Answers]) -> Answers:
    """Several answers, one below the other."""
    return Answers(
        pd.concat([part.frame for part in parts], ignore_index=True),
        [name for part in parts for name in part.names],
        np.concatenate([part.known for part in parts]),
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
    )


def certainty(values: Array, bound: float) -> tuple[Array, Array]:
    """Posterior probability of being above a bound, with its error by batch means.

    Parameters
    ----------
    values : array of shape (S, k)
    bound : float

    Returns
    -------
    probability, error : array of shape (k,)
        Where all draws lie on one side, the error is 1 over the effective sample size of the mean.
    """
    above = values > bound
    probability = above.mean(axis=0)
    size = len(values) // BATCHES
    batches = above[: size * BATCHES].reshape(BATCHES, size, -1).mean(axis=1)
    error = batches.std(axis=0, ddof=1) / np.sqrt(BATCHES)
    means = values[: size * BATCHES].reshape(BATCHES, size, -1).mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):  # a quantity that never varies
        share = means.var(axis=0, ddof=1) / BATCHES / values.var(axis=0)
    one_sided = (probability == 0) | (probability == 1)
    least = np.clip(np.nan_to_num(share), 1 / len(values), 1.0)
    return probability, np.where(one_sided, least, error)


def make_table(
    design: Design,
    frame: pd.DataFrame,
    mass: float,
    *,
    caption: str,
    scale: str,
    estimand: str,
    notes: Sequence[str] = (),
    positive: bool = False,
    called: Mapping[str, Mapping[str, str]] | None = None,
) -> Table:
    """A table of estimands.

    Parameters
    ----------
    design : Design
        The model's own, for reference levels and aliases.
    frame : pandas.DataFrame
        What each line is for, then the columns of `answer`.
    mass : float
    caption, scale, estimand : str
    notes : sequence of str
    positive : bool
        Whether the numbers cannot be 0.
    called : mapping, optional
        As of `Table`.

    Returns
    -------
    Table
    """
    kinds = dict.fromkeys(ESTIMATES, "positive" if positive else "estimate")
    others = [str(name) for name in frame if name not in ESTIMATES and f"mcse_{name}" in frame]
    kinds |= dict.fromkeys(others, "probability")
    told = (interval_note(mass), *reference_notes(design), *notes, *alias_notes(design))
    names = printed_names(design)
    return Table(frame, caption, scale, estimand, told, kinds, called or {}, names)


def condition(target: Target, mean: Mean, run: Run) -> str:
    """On which groups an estimand is conditional, or averaged, and without what."""
    return _condition(target, mean) + left_out(run)


def _condition(target: Target, mean: Mean) -> str:
    several, groups = mean.predictors(target.design), mean.groups(target.design)
    predictor = next((one for one in several if one.groups), several[0])
    if not groups:
        return f"{predictor.condition}, which has no group terms"
    if mean.effects == "typical" or (mean.scale == "link" and mean.effects == "integrate"):
        also = ", which is also the mean over new groups" if mean.effects == "integrate" else ""
        return f"{predictor.condition}{also}"
    if mean.effects == "integrate":
        factors = ", ".join(
            dict.fromkeys(
                factor
                for name in mean.parameters
                for factor in printed_factors(target.design, name)
            )
        )
        return f"marginal: integrated over new groups of {factors} from the population"
    text = "conditional on the groups that each row names"
    if target.averaging is not None:
        text = "averaged over the observed groups (those that the rows name)"
    unseen = {
        (group.factor, str(label)) for group in groups for label in group.labels[group.index < 0]
    }
    if unseen:
        text += f"; {len(unseen)} unseen group{'s' * (len(unseen) > 1)} drawn from the population"
    return text
