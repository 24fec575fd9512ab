"""The groups of a factor: effects, rates and ranks, and the spread of their population."""
