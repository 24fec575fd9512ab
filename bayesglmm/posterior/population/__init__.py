"""Estimates for a population whose make-up is known, and how close they come to a known truth."""
