"""Links as PyTensor expressions; NumPy's are in `bayesglmm.families.inverse`."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.inverse import SMALL


def graph_exp(eta: Any) -> Any:
    """The inverse of the logarithm."""
    import pytensor.tensor as pt

    return pt.exp(eta)


def graph_square(eta: Any) -> Any:
    """The inverse of the square root."""
    import pytensor.tensor as pt

    return pt.sqr(eta)


def graph_logistic(eta: Any) -> Any:
    """The inverse of the logit."""
    import pytensor.tensor as pt

    return pt.sigmoid(eta)


def graph_one_and_logistic(eta: Any) -> Any:
    """A number between 1 and 2."""
    import pytensor.tensor as pt

    return 1.0 + pt.sigmoid(eta)


def graph_normal_cdf(eta: Any) -> Any:
    """The inverse of the probit."""
    import pytensor.tensor as pt

    return 0.5 * pt.erfc(-eta / np.sqrt(2.0))


def _log_normal_cdf(eta: Any) -> Any:
    """Log of the normal CDF; each branch sees only values on which it is finite."""
    import pytensor.tensor as pt

    left = pt.minimum(eta, -1.0)
    right = pt.maximum(eta, -1.0)
    tail = pt.log(0.5 * pt.erfcx(-left / np.sqrt(2.0))) - 0.5 * pt.sqr(left)
    body = pt.log1p(-0.5 * pt.erfc(right / np.sqrt(2.0)))
    return pt.switch(pt.lt(eta, -1.0), tail, body)


def graph_probit_log_odds(eta: Any) -> Any:
    """Log odds from a probit."""
    return _log_normal_cdf(eta) - _log_normal_cdf(-eta)


def graph_cloglog(eta: Any) -> Any:
    """The inverse of the complementary log-log link."""
    import pytensor.tensor as pt

    return -pt.expm1(-pt.exp(eta))


def graph_cloglog_log_odds(eta: Any) -> Any:
    """Log odds from its linear predictor."""
    import pytensor.tensor as pt

    hazard = pt.exp(pt.maximum(eta, SMALL))
    return pt.switch(pt.lt(eta, SMALL), eta, pt.log(-pt.expm1(-hazard)) + hazard)
