"""Numbers beyond double precision: infinite or missing in a table, and no warning of NumPy's."""

from __future__ import annotations

import numpy as np

beyond_double = np.errstate(all="ignore")
"""Decorates what answers a question from draws. An extreme draw may mean more than can be
represented, such as the exponential of 800; what is then infinite or no number is printed as such,
whatever the caller's `numpy.errstate`."""
