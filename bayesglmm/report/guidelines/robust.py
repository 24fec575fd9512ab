"""Reporting of Bayes used in clinical studies."""

from __future__ import annotations

from bayesglmm.report.guidelines.point import Point, Standard

ROBUST = Standard(
    "ROBUST",
    "Sung et al. (2005), Journal of Clinical Epidemiology 58, 261-268",
    (
        Point("1", "the prior: which", "priors", ("prior",)),
        Point("2", "the prior: why that one", "priors", ("why",)),
        Point(
            "3",
            "the prior: how strongly the answers depend on it",
            "sensitivity",
            ("power-scaling",),
        ),
        Point("4", "the statistical model", "model", ("<math",)),
        Point("5", "how it was computed", "methods", ("No-U-Turn",)),
        Point("6", "the middle of the posterior", "effects", ("Posterior median",)),
        Point("7", "its spread, or a credible interval", "effects", ("credible interval",)),
    ),
)
