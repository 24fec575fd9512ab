"""Whether the draws of a table are those that its numbers sum up."""

from __future__ import annotations

from functools import partial

import numpy as np
import xarray as xr

from bayesglmm.posterior.quantities import quantiles
from bayesglmm.tables import Summary, Table
from bayesglmm.tables.draws import estimate_column
from bayesglmm.tables.formatting import shown_columns
from bayesglmm.tables.intervals import intervals


def tables_of(answer: object) -> list[Table]:
    """The tables of an answer that have draws."""
    several = answer.tables if isinstance(answer, Summary) else [answer]
    return [one for one in several if isinstance(one, Table) and one.source is not None]


def check_draws(table: Table) -> xr.DataArray:
    """Medians and intervals of a table are exactly the quantiles of its draws."""
    draws, frame = table.draws, table.frame
    assert draws.dims == ("chain", "draw", "row")
    assert draws.sizes["row"] == len(frame)
    name = estimate_column(frame)
    tail = (1 - table.source.mass) / 2
    columns = [name, *intervals(shown_columns(frame))[name]]
    values = draws.to_numpy().reshape(-1, len(frame))
    empty = frame[name].isna().to_numpy()
    assert np.isnan(values[:, empty]).all()
    known = values[:, ~empty]
    with np.errstate(invalid="ignore"):  # infinite draws
        found = quantiles(known, (0.5, tail, 1 - tail)).T
    np.testing.assert_array_equal(found, frame.loc[~empty, columns].to_numpy(dtype=float))
    for column, moment in (("mean", np.mean), ("sd", partial(np.std, ddof=1))):
        if column in frame and column != name:
            np.testing.assert_allclose(moment(known, axis=0), frame.loc[~empty, column], rtol=1e-12)
    return draws
