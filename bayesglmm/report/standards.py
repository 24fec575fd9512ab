"""Reporting standards as a checklist that a report is tested against.

BARG: Kruschke (2021), Nature Human Behaviour 5, table 1; STROBE: von Elm et al. (2007), PLoS
Medicine 4(10), items 12-17; ROBUST: Sung et al. (2005), Journal of Clinical Epidemiology 58(3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import unescape

import pandas as pd

from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table


def _always(_: Material) -> bool:
    return True


def _grouped(material: Material) -> bool:
    return bool(material.design.predictor.groups)


def _exposed(material: Material) -> bool:
    return material.design.spec.exposure is not None


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a report should hold.

    Attributes
    ----------
    what : str
    standard : str
        Which standard asks for it, and where.
    anchor : str
        The section that holds it.
    words : tuple of str
        What stands there when it is held.
    applies : callable
        Whether it is asked of such a model.
    """

    what: str
    standard: str
    anchor: str
    words: tuple[str, ...] = ()
    applies: Callable[[Material], bool] = _always

    def held(self, sections: dict[str, str]) -> bool:
        """Whether the section is there, with the words."""
        text = sections.get(self.anchor)
        return text is not None and all(word in text for word in self.words)


CHECKLIST: tuple[Item, ...] = (
    Item("rows read, dropped and used", "STROBE 13", "data", ("rows read", "rows dropped")),
    Item("variables with their roles and values", "BARG 1A", "data", ("used for", "content")),
    Item("findings about spec and data", "STROBE 12", "audit"),
    Item("likelihood and link", "BARG 1B", "model", ("<math", "link")),
    Item("model in equations", "BARG 1D", "model", ("<math",)),
    Item("every prior with its reason", "BARG 1C, ROBUST", "priors", ("why", "prior")),
    Item("prior predictive check", "BARG 1E", "priors", ("Prior predictive", "Under the priors")),
    Item("convergence: R-hat", "BARG 2B", "convergence", ("R-hat",)),
    Item("resolution: effective sample sizes", "BARG 2C", "convergence", ("bulk ESS", "tail ESS")),
    Item("posterior summaries with intervals", "BARG 3B", "effects", ("credible interval",)),
    Item("reference levels and estimand", "STROBE 16", "effects", ("Estimand",)),
    Item("baseline beside the ratios", "STROBE 16", "effects", ("baseline",)),
    Item("rates per unit of exposure", "STROBE 16", "effects", ("per ",), _exposed),
    Item("group effects with their sizes", "BARG 3B", "groups", ("shrunken",), _grouped),
    Item("posterior predictive check", "BARG 3A", "checks"),
    Item("sensitivity to the priors", "BARG 5, ROBUST", "sensitivity"),
    Item("independent check of the program", "BARG 6", "independent", ("joint log densities",)),
    Item("software with versions", "BARG 2A, 6A", "methods", ("Software", "pymc")),
    Item("seed, settings, digest of the data", "BARG 6B", "reproduce", ("seed", "SHA-256")),
)
"""In the order of the report; a new item is a row."""


def checklist(material: Material, sections: Iterable[Section]) -> Table:
    """Hold a report against the standards.

    Parameters
    ----------
    material : Material
    sections : iterable of Section

    Returns
    -------
    Table
        One row for each item that applies to the model.
    """
    made = list(sections)
    texts = {section.anchor: unescape(str(section.body)) for section in made}
    titles = {section.anchor: section.title for section in made}
    rows = [
        (
            item.what,
            item.standard,
            titles.get(item.anchor, ""),
            "yes" if item.held(texts) else "NO",
        )
        for item in CHECKLIST
        if item.applies(material)
    ]
    return Table(
        pd.DataFrame(rows, columns=["item", "asked for by", "section", "here"]),
        "Items of reporting standards",
        notes=(
            "BARG: Kruschke (2021). STROBE: von Elm et al. (2007). ROBUST: Sung et al. (2005). "
            "Decisions and model probabilities (BARG 3C, 4) are left to the analyst.",
        ),
    )
