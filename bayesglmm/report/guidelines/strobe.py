"""Strengthening the reporting of observational studies in epidemiology."""

from __future__ import annotations

from bayesglmm.report.guidelines.point import INTERACTIONS, Point, Standard

STROBE = Standard(
    "STROBE",
    "von Elm et al. (2007), PLoS Medicine 4(10), e296",
    (
        Point("1a", "the design in title or abstract"),
        Point("1b", "an abstract of what was done and found"),
        Point("2", "background and reason"),
        Point("3", "objectives and hypotheses"),
        Point("4", "the design of the study, early on"),
        Point("5", "places and dates"),
        Point("6", "who could take part, and how they were chosen"),
        Point("7", "outcomes, exposures, confounders", "data", ("used for", "content")),
        Point("8", "where each variable comes from and how it was measured"),
        Point("9", "what was done about bias"),
        Point("10", "how the size of the study came about"),
        Point("11", "how numbers were handled and grouped", "data", ("content",)),
        Point("12a", "methods, those against confounding too", "methods", ("was modelled by",)),
        Point("12b", "subgroups and interactions", "methods", INTERACTIONS),
        Point("12c", "what was done about missing values", "data", ("rows dropped",)),
        Point("12d", "loss to follow-up, matching or sampling, by design"),
        Point("12e", "sensitivity analyses", "sensitivity", ("power-scaling",)),
        Point("13a", "numbers at each stage", "data", ("rows read", "rows dropped")),
        Point("13b", "why some were lost at each stage"),
        Point("13c", "a flow diagram, where it helps"),
        Point("14a", "who took part", "data", ("content",)),
        Point("14b", "missing values of each variable", "data", ("rows dropped",)),
        Point("15", "outcomes: events or summaries", "data", ("the response",)),
        Point("16a", "estimates with intervals", "effects", ("credible interval",)),
        Point("16b", "bounds of categories made of numbers"),
        Point("16c", "absolute beside relative risks", "effects", ("baseline",)),
        Point("17", "other analyses", "checks", ("LOO-PIT",)),
        Point("18", "what was found, against the objectives"),
        Point("19", "limits, and which way bias would go"),
        Point("20", "a careful interpretation"),
        Point("21", "how far it holds elsewhere"),
        Point("22", "who paid"),
    ),
)
