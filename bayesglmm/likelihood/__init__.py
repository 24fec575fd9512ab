"""Maximum likelihood beside the posterior: Laplace and adaptive Gauss-Hermite quadrature."""

from __future__ import annotations

from bayesglmm.likelihood.compare import LikelihoodRatio, lrt
from bayesglmm.likelihood.estimate import maximum_likelihood
from bayesglmm.likelihood.profile import profile
from bayesglmm.likelihood.quasi import quasi
from bayesglmm.likelihood.result import MaximumLikelihood

__all__ = [
    "LikelihoodRatio",
    "MaximumLikelihood",
    "lrt",
    "maximum_likelihood",
    "profile",
    "quasi",
]
