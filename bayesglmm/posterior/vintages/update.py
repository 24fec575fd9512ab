"""The same model of later data, and which answers moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.making import make_design
from bayesglmm.errors import DataError
from bayesglmm.graph.chosen_priors import ChosenPrior, check_same, choose_priors
from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.refit_tables import answer_cells, answers_scale
from bayesglmm.posterior.priors.refits import draw_again
from bayesglmm.posterior.priors.verdicts import MEANING, VERDICTS, Answers, answers, judge
from bayesglmm.posterior.vintages.rows import RowChanges, match_rows
from bayesglmm.tables import Summary, Table


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Update[Fitted]:
    """A fit of later data, and what it changed.

    Attributes
    ----------
    fit : Fit
        Of the later data.
    changes : RowChanges
        Rows revised, added and withdrawn.
    moved : Table
        Each answer before and after, and whether it is stable, moves or flips.
    """

    fit: Fitted
    changes: RowChanges
    moved: Table

    @property
    def summary(self) -> Summary:
        """Rows and answers."""
        return Summary((self.changes.table(), self.moved))

    def __repr__(self) -> str:
        return repr(self.summary)

    def _repr_html_(self) -> str:
        return self.summary._repr_html_()


def update[Fitted](
    posterior: Posterior,
    priors: Mapping[str, ChosenPrior],
    data: pd.DataFrame,
    key: str | Sequence[str] | None,
    mass: float,
    settings: Mapping[str, Any],
    made: Callable[[Posterior, Mapping[str, ChosenPrior]], Fitted],
) -> Update[Fitted]:
    """Fit the model of a posterior to later data, and compare.

    Parameters
    ----------
    posterior : Posterior
    priors : mapping
        That it had.
    data : pandas.DataFrame
    key : str, sequence of str or None
        As for `match_rows`.
    mass : float
    settings : mapping
        Keywords of `make_settings`.
    made : callable
        Posterior and priors to the fit that they are.

    Returns
    -------
    Update

    Raises
    ------
    BayesglmmError
        If the data do not fit the spec, or as for `match_rows` or a fit.
    """
    before = posterior.design
    design = make_design(before.spec, data)
    changes = match_rows(before, design, key)
    chosen, notes = choose_priors(design), list[str]()
    try:
        check_same(priors, chosen)
        chosen = dict(priors)
    except DataError:
        notes.append(
            "The new data have other parameters than the old, so that priors were chosen anew; "
            "answers that both have are compared."
        )
    after = Posterior(design, draw_again(design, chosen, settings))
    sides = [answers(posterior, mass), answers(after, mass)]
    common = [name for name in sides[0].names if name in sides[1].names]
    own, other = (_only(side, common) for side in sides)
    verdicts = judge(own, other)
    frame = pd.DataFrame(
        {
            "": common,
            "verdict": verdicts,
            "before": answer_cells(before, own),
            "after": answer_cells(design, other),
        }
    )
    counted = [f"{verdicts.count(one)} of {len(common)}: {one}." for one in VERDICTS]
    table = Table(
        frame,
        "Answers before and after",
        scale=answers_scale(before),
        estimand=before.predictor.condition,
        notes=(interval_note(mass), " ".join(counted), MEANING, *notes),
        called={"": own.called},
    )
    return Update(made(after, chosen), changes, table)


def _only(side: Answers, names: Sequence[str]) -> Answers:
    """The answers of some names, in their order."""
    place = {name: k for k, name in enumerate(side.names)}
    kept = np.array([place[name] for name in names], dtype=int)
    return replace(
        side,
        names=tuple(names),
        effects=side.effects[kept],
        directed=side.directed[kept],
        frame=side.frame.iloc[kept].reset_index(drop=True),
    )
