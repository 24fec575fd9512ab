"""How an answer changes along a column: its grid, its answers, what the data say beneath."""
