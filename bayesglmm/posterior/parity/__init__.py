"""Maximum likelihood by Laplace, by quadrature, and the posterior, side by side."""

from __future__ import annotations

from bayesglmm.posterior.parity.table import Parity, parity

__all__ = ["Parity", "parity"]
