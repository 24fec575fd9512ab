"""What the log prior reads; see `record`."""

from __future__ import annotations

from typing import NamedTuple

from bayesglmm.engine.kernel import cell_arrays
from bayesglmm.engine.kernel.access import FloatMatrix, Floats, Longs


class PriorArrays(NamedTuple):
    """Priors of the parameters.

    Attributes
    ----------
    priors : array of shape (P + E + 1, 5)
        Of `fixed`, of the sds and, where there is one, of the scalar parameter; see
        `log_priors.prior_row`.
    carriers : array of shape (P,)
        What makes the number, of which the prior is, of each of `fixed`; see `carried.carrier`.
    lkj : array of shape (E,)
        Power of the Cholesky factor's diagonal in the density of the correlations.
    constant : array of shape (1,)
        Everything of the log density that does not depend on the vector.
    """

    priors: FloatMatrix
    carriers: Longs
    lkj: Floats
    constant: Floats


FIRST = cell_arrays.FIRST + len(cell_arrays.CellArrays._fields)
PRIORS, CARRIERS, LKJ, CONSTANT = range(FIRST, FIRST + len(PriorArrays._fields))
"""Places of the fields in a record."""
