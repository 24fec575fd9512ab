"""Sampling with the effects of the largest factor integrated out: for many rows in many groups."""
