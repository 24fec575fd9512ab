"""Whether the sampler can be trusted."""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.report.html import paragraph, table
from bayesglmm.report.material import Material, Section


def convergence(material: Material) -> Section:
    """The verdict, check by check, and what the run cost."""
    run, sizes = material.draws.run, material.draws.posterior.sizes
    size = f"{sizes['chain']} chains of {sizes['draw']:,} draws."
    words = " ".join([size, *run.sentences()])
    body = Markup("").join([table(material.verdict.table()), paragraph(words)])
    return Section("convergence", "Verdict", body)
