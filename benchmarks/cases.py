"""The models that are fitted: data, our spec, and the formula that says the same to the peers.

Nothing heavy is imported until a case is used, so that its process alone has the cost.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from bayesglmm.spec.model import ModelSpec

MODELS = Path(__file__).resolve().parent.parent / "models"


@dataclass(frozen=True)
class Case:
    """A model with its data.

    Attributes
    ----------
    title : str
    family : str
        By our name.
    formula : str
        For bambi and the R packages; their offset is the column ``log_exposure``.
    data : callable
        What our model is given.
    spec : callable
        Our spec.
    peers_data : callable
        From our data to what the peers need to have the same model; factors as text.
    peers : bool
        Whether the peers are tried.
    """

    title: str
    family: str
    formula: str
    data: Callable[[], pd.DataFrame]
    spec: Callable[[], ModelSpec]
    peers_data: Callable[[pd.DataFrame], pd.DataFrame] = lambda data: data
    peers: bool = True


def shipped(
    name: str, variant: str = ""
) -> tuple[Callable[[], pd.DataFrame], Callable[[], ModelSpec]]:
    """Data and spec of a file in models/."""

    def module() -> ModuleType:
        found = importlib.util.spec_from_file_location(name, MODELS / f"{name}.py")
        assert found is not None
        assert found.loader is not None
        loaded = importlib.util.module_from_spec(found)
        found.loader.exec_module(loaded)
        return loaded

    def data() -> pd.DataFrame:
        read: pd.DataFrame = module().data()
        return read

    def spec() -> ModelSpec:
        file = module()
        chosen: ModelSpec = file.variants[variant] if variant else file.model
        return chosen

    return data, spec


def simulated(
    title: str, family: str, formula: str, simulator: str, *sizes: int, peers: bool = True
) -> Case:
    """A case whose data come from simulated.py."""

    def data() -> pd.DataFrame:
        import simulated as simulators

        made: pd.DataFrame = getattr(simulators, simulator)(*sizes)
        return made

    def spec() -> ModelSpec:
        from bayesglmm.spec.specifying import specify

        return specify(formula, family=family)

    return Case(title, family, formula, data, spec, peers=peers)


def polls_for_peers(data: pd.DataFrame) -> pd.DataFrame:
    return _as_factors(data.dropna(subset=["bush"]), "edu", "age").astype({"state": str})


def maternal_for_peers(data: pd.DataFrame) -> pd.DataFrame:
    """References first in the alphabet, and without the aliased level, which ours leaves out.

    Given the ethnicity, an unknown age says nothing more; bambi would sample the alias.
    """
    import numpy as np

    return data.assign(
        age_group=data["age_group"].replace({"Unknown": "0", "Under 25 years": "0"}),
        ethnicity=data["ethnicity"].replace({"Asian, Non-Hispanic": "0"}),
        dobbs_era=data["dobbs_era"].replace({"Pre-Dobbs": "0"}),
        log_exposure=np.log(data["live_births"]),
    )


def ohio_for_peers(data: pd.DataFrame) -> pd.DataFrame:
    import numpy as np

    return _as_factors(data, "sex", "race").assign(
        centered_year=data["year"] - data["year"].mean(), log_exposure=np.log(data["pop"])
    )


def _as_factors(data: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Coded columns as text that stays text in a CSV file."""
    return data.assign(**{column: "level " + data[column].astype(str) for column in columns})


FIVE = "y ~ a + b + c + d + e + (1 | g)"
CATEGORICAL = "y ~ a + b + (1 | g)"
OFFSET = " + offset(log_exposure)"

CASES = {
    "crossover": Case(
        "crossover trial, 134 rows",
        "bernoulli",
        "outcome ~ trt * period + (1 | ID)",
        *shipped("crossover"),
    ),
    "polls": Case(
        "election polls",
        "bernoulli",
        "bush ~ black + female + edu + age + (1 | state)",
        *shipped("election_polls"),
        polls_for_peers,
    ),
    "maternal": Case(
        "maternal mortality",
        "negative_binomial",
        "maternal_deaths ~ ethnicity + age_group + dobbs_era + (1 | year)" + OFFSET,
        *shipped("maternal_mortality"),
        maternal_for_peers,
    ),
    "ohio": Case(
        "Ohio lung cancer",
        "poisson",
        "death ~ sex + race + year + (1 | county)" + OFFSET,
        *shipped("ohio_lung_cancer"),
        ohio_for_peers,
    ),
    "ohio-trends": Case(
        "Ohio, county trends",
        "poisson",
        "death ~ sex + race + centered_year + (1 + centered_year | county)" + OFFSET,
        *shipped("ohio_lung_cancer", "county trends"),
        ohio_for_peers,
    ),
    "crossed-binary": simulated(
        "crossed binary, 7,500 rows, 316 x 24 levels",
        "bernoulli",
        "y ~ x + (1 | g) + (1 | h)",
        "crossed_binary",
    ),
    "crossed-gaussian": simulated(
        "crossed Gaussian, 73,000 rows, 3,000 x 1,100 levels",
        "gaussian",
        "y ~ x + (1 | g) + (1 | h)",
        "crossed_gaussian",
    ),
    "poisson-250k": simulated(
        "Poisson, 250,000 rows, 2,500 groups",
        "poisson",
        FIVE,
        "poisson",
        250_000,
        2_500,
        peers=False,
    ),
    "poisson-1m": simulated(
        "Poisson, 1,000,000 rows, 10,000 groups",
        "poisson",
        FIVE,
        "poisson",
        1_000_000,
        10_000,
        peers=False,
    ),
    "cells-1k": simulated(
        "1,000 cells in 1,000 rows", "bernoulli", CATEGORICAL, "cells", 1_000, peers=False
    ),
    "cells-10m": simulated(
        "1,000 cells in 10,000,000 rows",
        "bernoulli",
        CATEGORICAL,
        "cells",
        10_000_000,
        peers=False,
    ),
}
