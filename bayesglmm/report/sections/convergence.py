"""Whether the sampler can be trusted."""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.report.html import paragraph, table
from bayesglmm.report.material import Material, Section


def convergence(material: Material) -> Section:
    """The verdict, check by check, and what the run cost."""
    run, settings = material.draws.run, material.draws.settings
    words = (
        f"{settings.chains} chains of {settings.draws:,} draws after {settings.tune:,} warm-up "
        f"draws by {run.engine} {run.version}: {run.compiling:.1f} s compiling, "
        f"{run.sampling:.1f} s sampling, {run.gradients:,} gradients after warm-up."
    )
    body = Markup("").join([table(material.verdict.table()), paragraph(words)])
    return Section("convergence", "Convergence", body)
