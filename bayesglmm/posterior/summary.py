"""The summary of a fit: the verdict where it failed, ratios, random part, rows and groups."""

from __future__ import annotations

import pandas as pd

from bayesglmm.design.coding_sentences import coding_sentences
from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.engine.draws import Run
from bayesglmm.posterior.arguments import check_share
from bayesglmm.posterior.distributional import all_parameter_effects
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.random_part import has_random_part, random_part
from bayesglmm.posterior.ratios import ratios
from bayesglmm.posterior.thresholds import has_thresholds, thresholds
from bayesglmm.tables import Summary, Table


def summary(posterior: Posterior, mass: float = 0.95) -> Summary:
    """Ratios, random part, number of rows and groups, and what was lost.

    Parameters
    ----------
    posterior : Posterior
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Summary
        Row flow first, then ratios where there are fixed effects, then the random part.
    """
    design = posterior.design
    check_share("mass", mass)
    tables = [row_flow(design, posterior.draws.run)]
    alone = not design.spec.family.location.main
    if alone and (design.predictor.fixed.intercept or design.predictor.fixed.names):
        tables.append(ratios(posterior, mass))
    tables += all_parameter_effects(posterior, mass).values()
    if has_thresholds(design):
        tables.append(thresholds(posterior, mass))
    if has_random_part(design):
        tables.append(random_part(posterior, mass))
    return Summary(tuple(tables))


def row_flow(design: Design, run: Run) -> Table:
    """Rows and groups: how many came in, how many are used, what was lost.

    Parameters
    ----------
    design : Design
    run : Run
        What the user added to the graph is named, because the other tables describe the spec; and
        so is why a run is incomplete.

    Returns
    -------
    Table
    """
    flow = design.flow
    counts = [("rows read", flow.read), ("rows dropped", flow.read - flow.used)]
    counts.append(("observations", flow.observations))
    if flow.masked is not None:
        counts.append(("of these suppressed", len(flow.masked.rows)))
    if flow.censored is not None:
        counts.append(("of these censored", flow.censored.total))
    factors, called = design.factors, printed_names(design)
    groups = [(f"groups of {name}", len(terms[0].levels)) for name, terms in factors.items()]
    frame = pd.DataFrame([*counts, *groups], columns=["", "N"])
    return Table(
        frame,
        caption=f"{design.spec.family.title}, {design.spec.link.name} link: {design.spec.text}",
        notes=(*coding_sentences(design), *flow.sentences()[1:], *_about(run)),
        kinds={"N": "count"},
        called={"": {f"groups of {name}": f"groups of {called[name]}" for name in factors}},
    )


def _about(run: Run) -> tuple[str, ...]:
    notes = []
    if run.stopped:
        notes.append(f"The run is incomplete: {run.stopped}.")
    if run.extensions:
        notes.append(
            f"The graph was extended by {', '.join(run.extensions)}; formula, equations and priors "
            "describe the model without it."
        )
    return tuple(notes)
