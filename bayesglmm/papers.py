"""What is handed in, held against a fit: a manuscript."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayesglmm.report.manuscript import read_manuscript
from bayesglmm.study import read_study

__all__ = ["fit_of", "read_manuscript"]

if TYPE_CHECKING:
    import pandas as pd

    from bayesglmm.fit import Fit


def fit_of(
    spec: Path,
    variant: str | None,
    data: pd.DataFrame | None,
    kept: Path | None,
    settings: Mapping[str, Any],
) -> Fit:
    """The fit that a file keeps, or one made of a spec file.

    Parameters
    ----------
    spec : Path
    variant : str, optional
    data : pandas.DataFrame, optional
        In place of the spec file's own.
    kept : Path, optional
        What `Fit.save` wrote; made where there is none.
    settings : mapping
        Keywords of `Model.fit`.

    Returns
    -------
    Fit

    Raises
    ------
    BayesglmmError
        As for `read_study` and `Model.fit`.
    """
    model = read_study(spec).model(variant, data)
    return model.fit(**settings, file=kept)
