"""Bayesian analysis reporting guidelines, table 1.

The points of its last step are named here, not lettered.
"""

from __future__ import annotations

from bayesglmm.report.guidelines.point import REFITS, Point, Standard

BARG = Standard(
    "BARG",
    "Kruschke (2021), Nature Human Behaviour 5, 1282-1291, table 1",
    (
        Point("A", "why the analysis is Bayesian, where readers ask"),
        Point("B", "what the analysis is for"),
        Point("1A", "what is predicted, and by what", "data", ("used for", "content")),
        Point("1B", "likelihood, parameters and levels", "model", ("<math", "link")),
        Point("1C", "every prior, and why it is that one", "priors", ("why", "prior")),
        Point("1D", "the model as equations or code", "model", ("<math",)),
        Point("1E", "what the priors predict", "priors", ("Under the priors",)),
        Point("2A", "programs and packages", "methods", ("Software", "pymc")),
        Point("2B", "that the chains converged", "convergence", ("R-hat",)),
        Point("2C", "effective sample sizes", "convergence", ("bulk ESS", "tail ESS")),
        Point("2D", "how exact, where no chains were drawn", "convergence", ("chains of",)),
        Point("3A", "data that the fitted model would draw", "checks", ("LOO-PIT",)),
        Point("3B", "estimates with intervals", "effects", ("credible interval",)),
        Point("3C", "Bayes factors and probabilities of models, with their priors"),
        Point("4A", "why a decision is taken, if one is"),
        Point("4B", "what right and wrong decisions are worth"),
        Point("4C", "from where to where a value counts as none"),
        Point("4D", "from which probability of a model it is decided"),
        Point("4E", "estimates beside each decision", "effects", ("credible interval",)),
        Point("5A", "the answers under other broad priors", "sensitivity", REFITS),
        Point("5B", "the answers under other informed priors"),
        Point("5C", "the answers under other default priors", "sensitivity", REFITS),
        Point("5D", "Bayes factors under other priors"),
        Point("5E", "decisions under other priors"),
        Point("6 software", "versions, to install them again", "reproduce", ("Python", "pymc")),
        Point("6 code", "code that runs as it stands", "reproduce", ("bg.specify",)),
        Point("6 data", "data that can be recognised", "reproduce", ("SHA-256",)),
        Point("6 access", "where code and data are kept"),
        Point("6 seed", "the seed of the chains", "reproduce", ("seed",)),
    ),
)
