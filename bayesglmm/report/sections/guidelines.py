"""The filled checklists of reporting standards, as an appendix."""

from __future__ import annotations

from bayesglmm.report.blocks import bullets, folded, table
from bayesglmm.report.guidelines import Review
from bayesglmm.report.material import Section


def guidelines(review: Review) -> Section:
    """How many points of each standard are settled, and each list, folded."""
    said = [found.sentence() for found in review.checklists]
    lists = [folded(f"The points of {one.standard}", table(one.table)) for one in review.checklists]
    return Section("standards", "Reporting standards", (*bullets(said), *lists), " ".join(said))
