"""Simulation-based calibration: does a model's posterior hold what its priors drew?"""

from bayesglmm.calibration.calibrating import calibrate
from bayesglmm.calibration.found import Calibration

__all__ = ["Calibration", "calibrate"]
