"""Variance partition: how much of the variance lies between groups, in every draw."""

from __future__ import annotations

from bayesglmm.posterior.variance.partition import Partition, partition, variance

__all__ = ["Partition", "partition", "variance"]
