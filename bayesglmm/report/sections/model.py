"""The model in equations and words."""

from __future__ import annotations

from bayesglmm.design.block_names import printed_block
from bayesglmm.design.names import printed_names
from bayesglmm.report.blocks import Block, Code, Equations, bullets, folded, paragraph
from bayesglmm.report.equations import equations, legend
from bayesglmm.report.material import Material, Section


def model(material: Material) -> Section:
    """Formula, equations, and how group terms were written where the graph was sampled."""
    spec = material.design.spec
    of_graph = material.draws.run.of_graph
    called = printed_names(material.design)
    blocks = {
        block.name: printed_block(material.design, block, called)
        for block in material.design.blocks
    }
    forms = [
        f"{blocks[name]}: {'centred' if form.centered else 'non-centred'}, because {form.reason}."
        for name, form in material.forms.items()
        if of_graph
    ]
    lines = equations(material.design)
    plain = "\n".join(line.plain.strip() for line in lines)
    parts: list[Block] = [
        paragraph(f"{spec.family.title} response with {spec.link.name} link."),
        Code(spec.text),
        Equations(tuple(lines)),
        *bullets(legend(material.design)),
        folded("The same in plain text", Code(plain)),
    ]
    if forms:
        parts += [paragraph("Form of the group terms (the meaning is the same):"), *bullets(forms)]
    return Section("model", "Model", tuple(parts), spec.text)
