"""Whether the sampler can be trusted."""

from __future__ import annotations

from bayesglmm.report.blocks import paragraph, table
from bayesglmm.report.material import Material, Section


def convergence(material: Material) -> Section:
    """The verdict, check by check, and what the run cost."""
    run, sizes = material.draws.run, material.draws.posterior.sizes
    engine, *notes = run.sentences()
    size = f"{sizes['chain']} chains of {sizes['draw']:,} draws after warm-up"
    words = " ".join([f"Sampled by the engine {engine.removesuffix('.')}: {size}.", *notes])
    blocks = (table(material.verdict.table()), paragraph(words))
    return Section("convergence", "Verdict", blocks, material.verdict.sentence())
