"""Fits side by side, by the predictive density of what is left out: rows, or whole groups."""
