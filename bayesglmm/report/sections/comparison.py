"""Other models of the same data beside this one."""

from __future__ import annotations

from collections.abc import Mapping

from bayesglmm.errors import BayesglmmError
from bayesglmm.pictures.forest import forest
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.words import estimates_in_words
from bayesglmm.posterior.comparison.compare import Candidates, Comparison, Unit, compare
from bayesglmm.posterior.comparison.scatter import FAILS
from bayesglmm.posterior.comparison.table import DOUBT
from bayesglmm.report.blocks import Block, Figure, bullets, paragraph, table
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table

MANY = 20
"""Groups from which leaving out whole groups says something."""


def comparison(material: Material) -> Section | None:
    """The comparison that the report was given; None where it was given none."""
    found = material.comparison
    if found is None:
        return None
    return Section("comparison", "Comparison of models", _body(found))


def compare_predictions(materials: Mapping[str, Material]) -> Section:
    """The models of a page compared with one another: by rows, and by groups where there are many.

    Parameters
    ----------
    materials : mapping
        Name to material.

    Returns
    -------
    Section
        Says why where they cannot be compared.
    """
    candidates = {name: made.posterior for name, made in materials.items()}
    blocks = dict.fromkeys(
        block for unit in _units(candidates) for block in _by_unit(candidates, unit)
    )
    return Section("predictions", "Which model predicts best", tuple(blocks))


def _by_unit(candidates: Candidates, unit: Unit) -> tuple[Block, ...]:
    try:
        return _body(compare(candidates, unit))
    except BayesglmmError as error:
        return (paragraph(str(error)),)


def _units(candidates: Candidates) -> tuple[Unit, ...]:
    designs = [posterior.design for posterior in candidates.values()]
    groups = {group.factor: group for design in designs for group in design.groups}
    if len(groups) != 1:
        return ("row",)
    (group,) = groups.values()
    return ("row", "group") if len(group.levels) >= MANY else ("row",)


def _body(found: Comparison) -> tuple[Block, ...]:
    frame = found.table.frame.iloc[1:]
    half = 2 * frame["its se"].to_numpy()
    middle = frame["difference"].to_numpy()
    best = found.table.frame["model"].iloc[0]
    made = forest(
        list(frame["model"]),
        middle,
        middle - half,
        middle + half,
        reference=0.0,
        log=False,
        axis=f"elpd less that of {best}, with 2 standard errors",
    )
    shown = found.table.formatted().to_dict("records")
    texts = [f"{row['difference']}, standard error {row['its se']}" for row in shown[1:]]
    drawn = Picture(
        made,
        f"Difference in predictive density of each model to {best}.",
        f"Less than {best} by: {estimates_in_words('models', list(frame['model']), texts, middle)}",
    )
    return (
        paragraph(f"Which model predicts best what it has not seen: {found.units.words} left out."),
        *bullets(sentences(found.table)),
        Figure(drawn),
        table(found.table),
    )


def sentences(content: Table) -> list[str]:
    """What each row of the table says.

    Parameters
    ----------
    content : Table
        Of a `Comparison`.

    Returns
    -------
    list of str
        One for each model but the best, and one for each that fails the dispersion check.
    """
    shown = content.formatted().to_dict("records")
    best = shown[0]["model"]
    found = []
    for row in shown[1:]:
        verdict = row["verdict"].removesuffix(FAILS)
        found.append(
            f"{row['model']} {_VERDICTS[verdict.removesuffix(DOUBT)]} {best}: difference "
            f"{row['difference']}, standard error {row['its se']}"
            f"{DOUBT if verdict.endswith(DOUBT) else ''}."
        )
    failed = [row["model"] for row in shown if row["verdict"].endswith(FAILS)]
    return found + [
        f"{name} fails the dispersion check: rows scatter more widely about their means than it "
        "says, so its intervals are too narrow."
        for name in failed
    ]


_VERDICTS = {
    "predicts worse": "predicts worse than",
    "not told apart from the best": "is not told apart from",
}
