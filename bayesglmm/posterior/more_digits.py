"""What would give the digits that a table has to leave out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from bayesglmm.engine.digits import shortage
from bayesglmm.engine.draws import Draws
from bayesglmm.engine.settings import KERNEL
from bayesglmm.posterior.quantities import ERRORS, ESTIMATES
from bayesglmm.tables.digits import OF_BOUND, OF_ESTIMATE


def more_digits_note(frame: pd.DataFrame, draws: Draws, kind: str) -> tuple[str, ...]:
    """Say that digits were left out, and how long a run would support them.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `summarise`, on the scale that is printed.
    draws : Draws
    kind : str
        ``"estimate"`` or ``"positive"``, as `format_intervals` prints it.

    Returns
    -------
    tuple of str
        Empty where all digits are there.
    """
    values, errors = frame[list(ESTIMATES)].to_numpy(), frame[list(ERRORS)].to_numpy()
    with np.errstate(all="ignore"):  # a number that overflows has no digits
        two, three = (shortage(values, errors, kind, many) for many in (OF_BOUND, OF_ESTIMATE))
    longer = _longer(frame, draws)
    if not two.any():
        third = three[:, 0].max(initial=0.0)
        return (f"The estimates have two digits; {longer(third)} gives three.",) if third else ()
    what = "two of every number" if kind == "positive" else "them"
    first, second = longer(two.max()), longer(max(two.max(), three[:, 0].max()))
    then = f", {second} the third of the estimates" if second != first else ""
    return (
        f"Digits that the Monte Carlo error does not support are left out: {first} gives "
        f"{what}{then}.",
    )


def _longer(frame: pd.DataFrame, draws: Draws) -> Callable[[float], str]:
    """The call of a fit so many times as long as this one."""
    if draws.settings.engine == KERNEL and draws.settings.draws is None:
        name, reached = "ess", frame[["ess_bulk", "ess_tail"]].to_numpy().min(initial=np.inf)
    else:
        name, reached = "draws", draws.posterior.sizes["draw"]
    return lambda times: f"fit({name}={_rounded_up(reached * times):_d})"


def _rounded_up(number: float) -> int:
    """To one significant digit."""
    unit: int = 10 ** int(np.floor(np.log10(number)))
    return int(np.ceil(number / unit)) * unit
