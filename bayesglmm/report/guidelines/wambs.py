"""When to worry and how to avoid the misuse of Bayesian statistics."""

from __future__ import annotations

from bayesglmm.report.guidelines.point import REFITS, Point, Standard

WAMBS = Standard(
    "WAMBS",
    "Depaoli & van de Schoot (2017), Psychological Methods 22, 240-261",
    (
        Point("1", "the priors are understood", "priors", ("why", "Under the priors")),
        Point("2", "the chains agree", "convergence", ("R-hat",)),
        Point("3", "they still agree when run twice as long"),
        Point("4", "draws enough for a smooth posterior", "convergence", ("bulk ESS", "tail ESS")),
        Point("5", "how strongly successive draws hang together", "convergence", ("bulk ESS",)),
        Point("6", "the posterior makes sense to someone of the field"),
        Point("7", "other priors of the covariance matrices", "sensitivity", REFITS),
        Point("8", "what flat priors would give", "likelihood", ("Laplace",)),
        Point("9", "other priors of the coefficients", "sensitivity", REFITS),
        Point("10", "results told as probabilities", "effects", ("credible interval", "P(")),
    ),
)
