"""Later data of the same kind: which rows changed, and which answers moved."""
