"""A fit as a file of plain parts; `contents` names them."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Literal, get_args

from bayesglmm.design.design import Design
from bayesglmm.errors import DataError, EngineError
from bayesglmm.posterior import Posterior
from bayesglmm.posterior.arguments import check_flag, check_word
from bayesglmm.storage.archive import to_json, write_archive
from bayesglmm.storage.contents import PRIORS, ROWS, RUN, SPEC
from bayesglmm.storage.lock import writing
from bayesglmm.storage.plain_data import digest, pack_rows
from bayesglmm.storage.plain_draws import FOLDER, GROUPS, pack_draws, rounded
from bayesglmm.storage.plain_spec import pack_chosen, pack_run, pack_spec
from bayesglmm.storage.saved import Saved, log_density
from bayesglmm.tables.files import make_folder, path_of

type Kept = Literal["rows", "digest"]


def save(
    path: str | Path,
    saved: Saved,
    *,
    data: Kept = "rows",
    overwrite: bool = False,
) -> Path:
    """Write a fit to a file, whose folders are made where they are missing.

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
        If the file is there already, its folder cannot be written, the disk is full, or another
        process writes the file.
    EngineError
        If the graph was changed by hand, which no spec gives back.
    SpecError
        If an argument is of the wrong type or unknown, or the folder of the file cannot be made.
    """
    path = path_of(path, "trial.bgm")
    check_flag("overwrite", overwrite)
    check_word("data", data, get_args(Kept.__value__))
    check_place(path, overwrite)
    parts = _pack(saved, rows=data == "rows")
    with writing(path):
        check_place(path, overwrite)
        write_archive(path, parts, version("bayesglmm"))
    return path


def check_place(path: Path, overwrite: bool) -> None:
    """Refuse a place where a fit cannot be kept; missing folders are made.

    Parameters
    ----------
    path : Path
    overwrite : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    DataError
        If there is a folder of that name, or a file that may not be replaced.
    SpecError
        If the folder of the file cannot be made.
    """
    make_folder(path)
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
        "log_density": log_density(Saved(Posterior(design, kept), saved.priors)),
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
