"""What would give the digits that a table has to leave out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesglmm.engine.draws import Draws
from bayesglmm.engine.settings import KERNEL
from bayesglmm.posterior.quantities import ERRORS, ESTIMATES
from bayesglmm.tables.digits import wanted_decimals


def more_digits_note(frame: pd.DataFrame, draws: Draws, kind: str) -> tuple[str, ...]:
    """Say that digits were left out, and how long a run would support them.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `summarise`, on the scale that is printed.
    draws : Draws
    kind : str
        ``"estimate"`` or ``"positive"``, as `format_interval` prints it.

    Returns
    -------
    tuple of str
        Empty where all digits are there.
    """
    values, errors = frame[list(ESTIMATES)].to_numpy(), frame[list(ERRORS)].to_numpy()
    decimals = [wanted_decimals((v, low, high), kind) for v, low, high in values]
    with np.errstate(all="ignore"):  # a number that overflows has no digits
        times = np.square(errors * 10.0 ** np.array(decimals, dtype=float).reshape(errors.shape))
    times = times[np.isfinite(times)]
    if not (times > 1).any():
        return ()
    sizes = draws.posterior.sizes
    if draws.settings.engine == KERNEL and draws.settings.draws is None:
        reached = frame[["ess_bulk", "ess_tail"]].to_numpy().min()
        longer = f"ess={_rounded_up(reached * times.max()):_d}"
    else:
        longer = f"draws={_rounded_up(sizes['draw'] * times.max()):_d}"
    return (
        f"Digits that the Monte Carlo error does not support are left out; fit({longer}) gives "
        "them.",
    )


def _rounded_up(number: float) -> int:
    """To one significant digit."""
    unit: int = 10 ** int(np.floor(np.log10(number)))
    return int(np.ceil(number / unit)) * unit
