"""Models with the face of scikit-learn: fit, predict, score."""

from __future__ import annotations

from importlib.util import find_spec

from bayesglmm.errors import SpecError

if find_spec("sklearn") is None:
    raise SpecError("These estimators need scikit-learn. Install it with: pip install scikit-learn")

from bayesglmm.estimators.classifier import GLMMClassifier
from bayesglmm.estimators.regressor import GLMMRegressor

__all__ = ["GLMMClassifier", "GLMMRegressor"]
