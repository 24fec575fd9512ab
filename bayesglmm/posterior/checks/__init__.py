"""Checks of a fit by data drawn from it: statistics, spread, groups, counts and probabilities.

One file a check; `replicated` draws the data sets that they share.
"""
