"""What a likelihood needs of the rows besides their predictors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Responses, and what is known of each beside the predictors.

    Attributes
    ----------
    y : array of shape (n,)
        Responses; successes for a binomial. Where `known` is False, the smallest that it may be.
    exposure : array of shape (n,) or float
        Multiplies the mean of a count; 1 where the model has none.
    trials : array of shape (n,) or float
        Number of trials of a binomial; 1 otherwise.
    upper : array of shape (n,) or None
        The largest that a response may be: `y` where it is known. None where all are.

    The same fields hold PyTensor variables when a graph is built.
    """

    y: Any
    exposure: Any = 1.0
    trials: Any = 1.0
    upper: Any = None

    @property
    def known(self) -> Any:
        """Which responses are known, not only that they lie between two bounds, shape (n,)."""
        return np.ones(np.shape(self.y), dtype=bool) if self.upper is None else self.upper == self.y

    @property
    def observed(self) -> Array:
        """Responses, NaN where they are not known, shape (n,)."""
        return np.where(self.known, self.y, np.nan)

    @property
    def central(self) -> Array:
        """Responses, the middle of the bounds where they are not known, shape (n,).

        For crude facts about the size of the responses, never for a likelihood.
        """
        y = np.asarray(self.y, dtype=float)
        return y if self.upper is None else (y + self.upper) / 2

    def take(self, which: Any) -> Rows:
        """Some of the rows.

        Parameters
        ----------
        which : slice, or array of int or of bool of shape (n,)

        Returns
        -------
        Rows
        """

        def some(values: Any) -> Any:
            return values[which] if isinstance(values, np.ndarray) else values

        return Rows(some(self.y), some(self.exposure), some(self.trials), some(self.upper))
