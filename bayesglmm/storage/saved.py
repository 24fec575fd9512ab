"""A fit as a file of plain parts, and back.

The parts: ``spec.json``, what `specify` was told; ``priors.json``, the priors that the fit had;
``rows.parquet``, the columns that the model uses; ``run.json``, how the draws were made, the log
density at one of them, and a digest of the rows; ``draws.zarr``, the draws.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.making import make_design
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import DataError, EngineError, SpecError
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.posterior import Posterior
from bayesglmm.posterior.priors.log_density import log_prior
from bayesglmm.storage.archive import read_archive, to_json, write_archive
from bayesglmm.storage.plain_data import digest, pack_rows, unpack_rows
from bayesglmm.storage.plain_draws import FOLDER, GROUPS, pack_draws, rounded, unpack_draws
from bayesglmm.storage.plain_spec import (
    pack_chosen,
    pack_run,
    pack_spec,
    unpack_chosen,
    unpack_run,
    unpack_spec,
)

type Kept = Literal["rows", "digest"]

SPEC, PRIORS, ROWS, RUN = "spec.json", "priors.json", "rows.parquet", "run.json"
AGREEMENT = 1e-8
"""Largest relative difference of the log density between the machine that saved and this one."""


@dataclass(frozen=True, slots=True, eq=False)
class Saved:
    """What a file gives back.

    Attributes
    ----------
    posterior : Posterior
        At the model's own rows.
    priors : mapping
    """

    posterior: Posterior
    priors: Mapping[str, ChosenPrior]


def save(
    path: str | Path,
    saved: Saved,
    *,
    data: Kept = "rows",
    overwrite: bool = False,
) -> Path:
    """Write a fit to a file.

    Parameters
    ----------
    path : path
        Such as ``"trial.bgm"``.
    saved : Saved
    data : str
        ``"rows"`` keeps the columns that the model uses; ``"digest"`` leaves them out and keeps a
        checksum, by which `load` knows them again.
    overwrite : bool
        Whether a file of this name may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        If the file is there, or its folder is not.
    EngineError
        If the graph was changed by hand, which no spec gives back.
    """
    path = Path(path)
    check_place(path, overwrite)
    if data not in ("rows", "digest"):
        raise SpecError(f"data={data!r} is neither 'rows' nor 'digest'.")
    write_archive(path, _pack(saved, rows=data == "rows"), version("bayesglmm"))
    return path


def check_place(path: Path, overwrite: bool) -> None:
    """Refuse a place where a fit cannot be kept.

    Parameters
    ----------
    path : Path
    overwrite : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    DataError
    """
    if not path.parent.is_dir():
        raise DataError(f"There is no folder {path.parent}. Make it first.")
    if path.is_dir():
        raise DataError(f"{path} is a folder. Give the name of a file in it.")
    if path.exists() and not overwrite:
        raise DataError(
            f"{path} is there already. Choose another name, or replace it with overwrite=True."
        )


def check_design(design: Design) -> None:
    """Refuse a design that a file cannot hold.

    Parameters
    ----------
    design : Design
        The model's own.

    Raises
    ------
    SpecError
        If a value that has a label is neither number, text nor truth value.
    """
    pack_spec(design.spec)


def _pack(saved: Saved, rows: bool) -> dict[str, bytes]:
    design, draws = saved.posterior.design, saved.posterior.draws
    if draws.run.extensions:
        raise EngineError(
            f"The graph of this fit was extended by {', '.join(draws.run.extensions)}, which a "
            "file of spec and draws cannot hold. Keep its draws: fit.idata.to_zarr(path)."
        )
    kept = replace(draws, posterior=rounded(draws.posterior))
    about = pack_run(draws.run, draws.settings) | {
        "log_density": log_density(Posterior(design, kept), saved.priors),
        "digest": digest(design),
        "rows": design.n,
        "source": design.source,
        "caveats": list(design.caveats),
    }
    groups = dict(zip(GROUPS, (kept.posterior, draws.sample_stats), strict=True))
    members = {f"{FOLDER}/{path}": each for path, each in pack_draws(groups).items()}
    return {
        SPEC: to_json(pack_spec(design.spec)),
        PRIORS: to_json(pack_chosen(saved.priors)),
        RUN: to_json(about),
        **({ROWS: pack_rows(design)} if rows else {}),
        **members,
    }


def load(path: str | Path, data: pd.DataFrame | None = None) -> Saved:
    """Read a fit from a file.

    Parameters
    ----------
    path : path
    data : pandas.DataFrame, optional
        The rows, where the file does not hold them.

    Returns
    -------
    Saved

    Raises
    ------
    DataError
        If the file is missing, damaged, of a later format, or without its rows; if `data` are
        other rows than those of the fit; or if this version of the package gives another log
        density at a saved draw.
    """
    path = Path(path)
    parts = read_archive(path)
    about = json.loads(parts[RUN])
    design = make_design(unpack_spec(json.loads(parts[SPEC])), _rows(path, parts, about, data))
    if digest(design) != about["digest"]:
        raise DataError(
            f"These are not the rows that the fit in {path} was made of: "
            + _how_many(design.n, about["rows"])
        )
    run, settings = unpack_run(about)
    prefix = f"{FOLDER}/"
    members = {
        name.removeprefix(prefix): each for name, each in parts.items() if name.startswith(prefix)
    }
    groups = unpack_draws(members)
    draws = Draws(groups["posterior"], groups["sample_stats"], settings, run)
    saved = Saved(Posterior(design, draws), unpack_chosen(json.loads(parts[PRIORS])))
    _check_density(path, saved, about["log_density"])
    return saved


def _rows(
    path: Path, parts: Mapping[str, bytes], about: Mapping[str, Any], data: pd.DataFrame | None
) -> pd.DataFrame:
    if data is not None:
        return data
    if ROWS not in parts:
        raise DataError(
            f"{path} was saved without its {about['rows']:,} rows. Pass them: "
            f"bg.load({str(path)!r}, data=frame)."
        )
    frame = unpack_rows(parts[ROWS])
    frame.attrs.update(source=about["source"], caveats=tuple(about["caveats"]))
    return frame


def _how_many(here: int, there: int) -> str:
    if here != there:
        return f"{here:,} rows in place of {there:,}."
    return f"there are {here:,} as there, but their values or their order differ."


def log_density(posterior: Posterior, priors: Mapping[str, ChosenPrior]) -> float:
    """Log density of the responses and of the parameters at the first draw.

    Parameters
    ----------
    posterior : Posterior
    priors : mapping

    Returns
    -------
    float
        Log likelihood given the group effects, plus the log density of the priors.
    """
    draws = posterior.draws
    first = draws.posterior.isel({"chain": [0], "draw": [0]})
    there = Posterior(posterior.design, replace(draws, posterior=first))
    return float(there.log_likelihood()[0]) + float(
        sum(each.sum() for each in log_prior(there, priors).values())
    )


def _check_density(path: Path, saved: Saved, expected: float) -> None:
    found = log_density(saved.posterior, saved.priors)
    if not np.isclose(found, expected, rtol=AGREEMENT, atol=AGREEMENT):
        raise DataError(
            f"The model in {path} cannot be made again here: the log density at its first draw is "
            f"{found:.10g}, and was {expected:.10g}. Load it with the version that saved it, or "
            "fit it again."
        )
