"""What the priors say before the data are seen, and what the answers owe to them afterwards."""
