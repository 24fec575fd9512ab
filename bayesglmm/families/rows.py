"""What a likelihood needs of the rows besides their predictors."""

from __future__ import annotations

from dataclasses import dataclass, fields
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
        Responses; successes for a binomial. Where `known` is False, the smallest that it may be:
        -inf where nothing bounds it below.
    exposure : array of shape (n,) or float
        Multiplies the mean of a count; 1 where the model has none.
    trials : array of shape (n,) or float
        Number of trials of a binomial; 1 otherwise.
    upper : array of shape (n,) or None
        The largest that a response may be: `y` where it is known, inf where nothing bounds it
        above. None where all are known.
    least, most : array of shape (n,) or None
        The smallest and the largest response that would have been a row: others are not in the
        data, and the density is that of a response between. Both None where all would.
    weight : array of shape (n,) or None
        What the log density of a row is multiplied with; None for 1.
    error : array of shape (n,) or None
        Known standard error of a response, beside its residual standard deviation; None for 0.

    The same fields hold PyTensor variables when a graph is built.
    """

    y: Any
    exposure: Any = 1.0
    trials: Any = 1.0
    upper: Any = None
    least: Any = None
    most: Any = None
    weight: Any = None
    error: Any = None

    @property
    def known(self) -> Any:
        """Which responses are known, not only that they lie between two bounds, shape (n,)."""
        return np.ones(np.shape(self.y), dtype=bool) if self.upper is None else self.upper == self.y

    @property
    def weights(self) -> Any:
        """What the log density of each row is multiplied with: 1.0, or of shape (n,)."""
        return 1.0 if self.weight is None else self.weight

    @property
    def truncated(self) -> bool:
        """Whether some responses would not have been a row."""
        return self.least is not None

    @property
    def plain(self) -> bool:
        """Whether each row is a known response that could have been any, and counts as one."""
        given = (self.upper, self.least, self.weight, self.error)
        return all(values is None for values in given)

    @property
    def observed(self) -> Array:
        """Responses, NaN where they are not known, shape (n,)."""
        return np.where(self.known, self.y, np.nan)

    @property
    def central(self) -> Array:
        """Responses, the middle of the bounds where they are not known, shape (n,).

        The one bound that there is where the other is infinite. For crude facts about the size of
        the responses, never for a likelihood.
        """
        y = np.asarray(self.y, dtype=float)
        if self.upper is None:
            return y
        low = np.where(np.isinf(y), self.upper, y)
        return np.asarray((low + np.where(np.isinf(self.upper), low, self.upper)) / 2)

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

        return Rows(**{item.name: some(getattr(self, item.name)) for item in fields(self)})


def of_rows(values: Any, which: NDArray[Any]) -> Any:
    """Some rows of a parameter, whose last axis is the rows unless it is one number for all."""
    return values[..., which] if np.shape(values)[-1:] == which.shape else values
