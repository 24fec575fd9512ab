"""Numbers of a data file some of which have labels."""

from __future__ import annotations

from collections.abc import Iterator

from bayesglmm.design.audit.column_queries import used_as_number
from bayesglmm.design.audit.finding import Evidence, listed
from bayesglmm.design.design import Design
from bayesglmm.files.coded import PARTLY_LABELLED

SHOWN = 3
"""Labels that are quoted."""


def partly_labelled(design: Design) -> Iterator[Evidence]:
    """Columns that enter as numbers, and of which the file labels some values."""
    known = design.given.attrs.get(PARTLY_LABELLED, {})
    for name in (each for each in used_as_number(design) if each in known):
        labels = known[name]
        quoted = [f"{code} is '{text}'" for code, text in list(labels.items())[:SHOWN]]
        more = f", and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
        yield Evidence(
            "warning",
            f"The file of {name} labels some of its values only ({listed(quoted)}{more}), and all "
            "enter as numbers.",
            "If a label says that the value is missing, make it so: "
            f"data['{name}'].replace({next(iter(labels))}, numpy.nan). If all are levels, write "
            f"labels={{'{name}': {{...}}}} with each.",
        )
