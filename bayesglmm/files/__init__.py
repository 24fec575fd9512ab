"""Data files as pandas frames: values, labels, missing codes, and what a reader lost in words."""

from __future__ import annotations

from bayesglmm.files.eurostat import read_eurostat
from bayesglmm.files.reading import read_data
from bayesglmm.files.vsrr import read_vsrr
from bayesglmm.files.wonder import read_wonder

__all__ = ["read_data", "read_eurostat", "read_vsrr", "read_wonder"]
