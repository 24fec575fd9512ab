"""Statistical analyses and methods in the published literature: regression and Bayesian analyses.

The guidelines are lists without numbers; they are counted here in their order, within each list.
Every report has an audit, which looks for aliasing; interactions are looked at where the formula
has one.
"""

from __future__ import annotations

from bayesglmm.report.guidelines.point import INTERACTIONS, REFITS, Point, Standard

SAMPL = Standard(
    "SAMPL",
    "Lang & Altman (2013), in Science Editors' Handbook, EASE; lists on regression and Bayes",
    (
        Point("regression 1", "what the analysis is for"),
        Point("regression 2", "variables, each summarised", "data", ("used for", "content")),
        Point("regression 3", "whether its assumptions hold", "checks", ("LOO-PIT",)),
        Point("regression 4", "what was done about outliers"),
        Point("regression 5", "what was done about missing values", "data", ("rows dropped",)),
        Point("regression 6", "the equation", "model", ("<math",)),
        Point("regression 7", "aliasing and interactions looked at", "methods", INTERACTIONS),
        Point("regression 8", "how variables were chosen"),
        Point("regression 9", "coefficients with intervals", "effects", ("credible interval",)),
        Point("regression 10", "how well it fits", "checks", ("LOO-PIT",)),
        Point("regression 11", "whether and how it was validated", "checks", ("without the row",)),
        Point("regression 12", "the program", "methods", ("Software",)),
        Point("Bayes 1", "the priors", "priors", ("prior",)),
        Point("Bayes 2", "how they were chosen", "priors", ("why",)),
        Point("Bayes 3", "the statistical model", "model", ("<math",)),
        Point("Bayes 4", "how it was computed", "methods", ("No-U-Turn",)),
        Point("Bayes 5", "the program", "methods", ("Software",)),
        Point("Bayes 6", "middle and credible interval", "effects", ("credible interval",)),
        Point("Bayes 7", "what other priors would give", "sensitivity", REFITS),
    ),
)
