"""The contents of a file: its parts, and what they say, read and checked once.

The parts: ``spec.json``, what `specify` was told; ``priors.json``, the priors that the fit had;
``rows.parquet``, the columns that the model uses; ``run.json``, how the draws were made, the log
density at one of them, and a digest of the rows; ``draws.zarr``, the draws.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bayesglmm.engine.draws import Run
from bayesglmm.engine.settings import Settings
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.spec import ModelSpec
from bayesglmm.storage.archive import read_archive, understood
from bayesglmm.storage.plain_draws import FOLDER
from bayesglmm.storage.plain_spec import unpack_chosen, unpack_run, unpack_spec
from bayesglmm.tables.files import path_of

SPEC, PRIORS, ROWS, RUN = "spec.json", "priors.json", "rows.parquet", "run.json"


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a file holds of a fit: all but the design, which spec and rows make.

    Attributes
    ----------
    path : Path
    spec : ModelSpec
    priors : mapping
        Parameter name to the prior it had, and why.
    run : Run
    settings : Settings
    digest : str
        Of the rows that the model used.
    n : int
        Number of these rows.
    log_density : float
        At the first draw, by the program that saved it.
    source : str or None
        Where the rows are from.
    caveats : tuple of str
        What to bear in mind of them.
    rows : bytes or None
        The columns that the model uses, as Parquet; None where they were kept out.
    draws : mapping
        Members of the Zarr hierarchy of the draws.
    """

    path: Path
    spec: ModelSpec
    priors: Mapping[str, ChosenPrior]
    run: Run
    settings: Settings
    digest: str
    n: int
    log_density: float
    source: str | None
    caveats: tuple[str, ...]
    rows: bytes | None
    draws: Mapping[str, bytes]


def read(path: str | Path) -> Contents:
    """Read a file that `save` wrote.

    Parameters
    ----------
    path : path

    Returns
    -------
    Contents

    Raises
    ------
    DataError
        If the file is missing, damaged, or of a later format.
    SpecError
        If `path` names no file.
    """
    path = path_of(path, "trial.bgm")
    parts = read_archive(path)
    with understood(path):
        return _contents(path, parts)


def _contents(path: Path, parts: Mapping[str, bytes]) -> Contents:
    """What the parts say."""
    about = json.loads(parts[RUN])
    run, settings = unpack_run(about)
    prefix = f"{FOLDER}/"
    return Contents(
        path,
        unpack_spec(json.loads(parts[SPEC])),
        unpack_chosen(json.loads(parts[PRIORS])),
        run,
        settings,
        str(about["digest"]),
        int(about["rows"]),
        float(about["log_density"]),
        about["source"],
        tuple(about["caveats"]),
        parts.get(ROWS),
        {name.removeprefix(prefix): parts[name] for name in parts if name.startswith(prefix)},
    )
