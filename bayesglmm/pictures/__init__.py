"""Answers to look at: figures of one style, as inline SVG and as files."""
