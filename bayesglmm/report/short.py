"""The report in short: what two printed pages hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from bayesglmm.posterior.checks.loo_pit import loo_pit
from bayesglmm.posterior.checks.replicated import replicate
from bayesglmm.posterior.priors.sensitivity import sensitivity
from bayesglmm.posterior.random_part import has_random_part
from bayesglmm.report.blocks import Block, Code, Equations, bullets, note, paragraph, table
from bayesglmm.report.equations import equations
from bayesglmm.report.group_prose import extremes
from bayesglmm.report.material import Material, Section
from bayesglmm.report.methods import methods
from bayesglmm.report.sections.answer import answer
from bayesglmm.report.sections.independent import independent
from bayesglmm.report.sections.reproduce import frame_digest
from bayesglmm.report.sections.sensitivity import sentences
from bayesglmm.tables import Table

MOST_ROWS = 10
"""Rows of a table; the long form has all."""

MOST_LETTERS = 400
"""Letters of equations; of longer ones the formula stands there."""


def short_sections(
    material: Material, watch: Callable[[str], None] | None = None
) -> tuple[Section, ...]:
    """Answer, effects, how far they can be trusted, and what was done.

    Parameters
    ----------
    material : Material
    watch : callable, optional

    Returns
    -------
    tuple of Section
    """
    made = []
    for make in (_answer, _effects, _trust, _done):
        if watch is not None:
            watch(make.__name__.strip("_"))
        made.append(make(material))
    return tuple(made)


def _answer(material: Material) -> Section:
    """The short answer without what is folded in it."""
    whole = answer(material)
    return replace(whole, blocks=tuple(block for block in whole.blocks if not block.folds))


def _effects(material: Material) -> Section:
    """Effects and spread of the groups, as a publication prints them."""
    return Section("effects", "Effects", tuple(table(_cut(found)) for found in _tables(material)))


def _tables(material: Material) -> list[Table]:
    tables = [] if material.design.spec.family.location.main else [material.ratios]
    tables += material.parameters.values()
    return tables + ([material.random_part] if has_random_part(material.design) else [])


def _cut(found: Table) -> Table:
    """The first rows of a table, without diagnostics."""
    short = found.published()
    if len(short.frame) <= MOST_ROWS:
        return short
    note = f"The first {MOST_ROWS} of {len(short.frame):,} rows."
    return replace(short, frame=short.frame.iloc[:MOST_ROWS], notes=(*short.notes, note))


def _trust(material: Material) -> Section:
    """Each judgement in a sentence."""
    return Section("trust", "How far it can be trusted", bullets(_judgements(material)))


def _judgements(material: Material) -> Iterator[str]:
    yield material.verdict.sentence()
    yield loo_pit(replicate(material.posterior)).sentence()
    found = material.sensitivity or sensitivity(material.posterior, material.priors)
    yield sentences(found)[0]
    if material.opinion is not None:
        yield independent(material).gist
    for factor, tables in material.groups.items():
        yield extremes(material.design, factor, tables.rates)


def _done(material: Material) -> Section:
    """The model in equations, the methods, and what repeats the fit."""
    lines = tuple(equations(material.design))
    fits = sum(len(line.plain) for line in lines) <= MOST_LETTERS
    shown: Block = Equations(lines) if fits else Code(material.design.spec.text)
    settings, data = material.draws.settings, material.design.data
    seed = f"Seed {settings.seed}; SHA-256 of the rows used: {frame_digest(data)}."
    blocks: list[Block] = [shown, *map(paragraph, methods(material, _tables(material))), note(seed)]
    return Section("done", "What was done", tuple(blocks))
