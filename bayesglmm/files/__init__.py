"""Data files as pandas frames: values, labels, missing codes, and what a reader lost in words."""

from __future__ import annotations

from bayesglmm.files.reading import read_data

__all__ = ["read_data"]
