"""The priors of a model as a table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.tables import Table


def prior_table(priors: Mapping[str, ChosenPrior]) -> Table:
    """Every prior with its reason.

    Parameters
    ----------
    priors : mapping
        From `choose_priors`.

    Returns
    -------
    Table
    """
    frame = pd.DataFrame(
        {
            "parameter": [chosen.name for chosen in priors.values()],
            "prior": [str(chosen.prior) for chosen in priors.values()],
            "why": [chosen.reason for chosen in priors.values()],
            "source": [chosen.source for chosen in priors.values()],
        }
    )
    return Table(
        frame,
        "Priors",
        scale="link scale, user's units of each column; sigma in units of the response",
        called={"parameter": {chosen.name: chosen.printed for chosen in priors.values()}},
    )
