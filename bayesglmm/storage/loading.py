"""A fit from the contents of a file: its design is made again, and held against what is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.making import make_design
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import DataError
from bayesglmm.posterior import Posterior
from bayesglmm.storage.archive import understood
from bayesglmm.storage.contents import Contents, read
from bayesglmm.storage.plain_data import digest, unpack_rows
from bayesglmm.storage.plain_draws import unpack_draws
from bayesglmm.storage.saved import Saved, log_density

AGREEMENT = 1e-8
"""Largest relative difference of the log density between the machine that saved and this one."""


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
    SpecError
        If `path` names no file.
    """
    return opened(read(path), data)


def opened(contents: Contents, data: pd.DataFrame | None = None) -> Saved:
    """The fit of a file that was read; parameters and errors are those of `load`."""
    if data is None:
        with understood(contents.path):
            design = make_design(contents.spec, _rows(contents))
    else:
        design = make_design(contents.spec, data)
    if digest(design) != contents.digest:
        raise DataError(
            f"These are not the rows that the fit in {contents.path} was made of: "
            + _how_many(design.n, contents.n)
        )
    return restored(contents, design)


def restored(contents: Contents, design: Design) -> Saved:
    """The fit of a file, whose design is known.

    Parameters
    ----------
    contents : Contents
    design : Design
        Of its spec and rows.

    Returns
    -------
    Saved

    Raises
    ------
    DataError
        If this version of the package gives another log density at a saved draw.
    """
    with understood(contents.path):
        groups = unpack_draws(contents.draws)
        draws = Draws(groups["posterior"], groups["sample_stats"], contents.settings, contents.run)
        saved = Saved(Posterior(design, draws), contents.priors)
        found = log_density(saved)
    if not np.isclose(found, contents.log_density, rtol=AGREEMENT, atol=AGREEMENT):
        raise DataError(
            f"The model in {contents.path} cannot be made again here: the log density at its first "
            f"draw is {found:.10g}, and was {contents.log_density:.10g}. Load it with the version "
            "that saved it, or fit it again."
        )
    return saved


def _rows(contents: Contents) -> pd.DataFrame:
    if contents.rows is None:
        raise DataError(
            f"{contents.path} was saved without its {contents.n:,} rows. Pass them: "
            f"bg.load({str(contents.path)!r}, data=frame)."
        )
    frame = unpack_rows(contents.rows)
    frame.attrs.update(source=contents.source, caveats=contents.caveats)
    return frame


def _how_many(here: int, there: int) -> str:
    if here != there:
        return f"{here:,} rows in place of {there:,}."
    return f"there are {here:,} as there, but their values or their order differ."
