"""What a report contains, against reporting standards."""

from __future__ import annotations

from collections.abc import Iterable

from bayesglmm.report.blocks import folded, paragraph, table
from bayesglmm.report.material import Material, Section
from bayesglmm.report.standards import checklist


def contents(material: Material, sections: Iterable[Section]) -> Section:
    """How many items of the standards are here, and the list, folded."""
    found = checklist(material, sections)
    missing = found.frame.loc[found.frame["here"] == "NO", "item"]
    words = f"{len(found.frame) - len(missing)} of {len(found.frame)} items are in this report."
    if len(missing):
        words += f" Missing: {', '.join(missing)}."
    blocks = (paragraph(words), folded("The items", table(found)))
    return Section("contents", "What this report contains", blocks, words)
