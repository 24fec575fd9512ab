"""The methods paragraph: what was done, in sentences that can be put into a paper."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version

from bayesglmm.design.block_names import block_effects
from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.engine.convergence import R_HAT
from bayesglmm.engine.draws import Draws
from bayesglmm.engine.settings import COLLAPSED
from bayesglmm.posterior.diagnose import Verdict
from bayesglmm.report.material import Material
from bayesglmm.report.resolution import shortfalls, unjudged, wanted_ess
from bayesglmm.spec.naming import name_of
from bayesglmm.tables import Table

SOFTWARE = ("bayesglmm", "pymc", "nutpie", "numba", "arviz", "numpy", "pandas")

REFERENCES = (
    "Abril-Pla, O. et al. (2023). PyMC: a modern and comprehensive probabilistic programming "
    "framework in Python. PeerJ Computer Science 9, e1516.",
    "Capretto, T. et al. (2022). Bambi: a simple interface for fitting Bayesian linear models in "
    "Python. Journal of Statistical Software 103(15), 1-29.",
    "Harris, C. R. et al. (2020). Array programming with NumPy. Nature 585, 357-362.",
    "Hoffman, M. D. & Gelman, A. (2014). The No-U-Turn Sampler. Journal of Machine Learning "
    "Research 15, 1593-1623.",
    "Kruschke, J. K. (2021). Bayesian analysis reporting guidelines. Nature Human Behaviour 5, "
    "1282-1291.",
    "Kumar, R., Carroll, C., Hartikainen, A. & Martin, O. (2019). ArviZ: a unified library for "
    "exploratory analysis of Bayesian models in Python. Journal of Open Source Software 4(33), "
    "1143.",
    "Vehtari, A., Gelman, A., Simpson, D., Carpenter, B. & Bürkner, P.-C. (2021). "
    "Rank-normalization, folding, and localization: an improved R-hat. Bayesian Analysis 16(2), "
    "667-718.",
    "Tierney, L. (1994). Markov chains for exploring posterior distributions. Annals of Statistics "
    "22(4), 1701-1728.",
)
"""What the paragraph rests on."""


def methods(material: Material, tables: Sequence[Table] | None = None) -> list[str]:
    """What was done, a paragraph each for data and model, for sampling, and for software.

    Parameters
    ----------
    material : Material
    tables : sequence of Table, optional
        Those that the report shows, where that is not all.

    Returns
    -------
    list of str
    """
    design = material.design
    model = [
        _rows(design),
        _response(design),
        *_others(design),
        *_groups(design),
        _priors(material, whole=tables is None),
    ]
    sampling = [
        _sampler(material),
        _stopping(material.draws),
        _convergence(material.verdict),
        *_shortfalls(material, tables),
        f"Estimates are posterior medians with {100 * material.mass:g} % equal-tailed credible "
        "intervals.",
        "Replicated data drawn from the posterior were compared with the data.",
    ]
    return [" ".join(model), " ".join(sampling), _software(material)]


def _rows(design: Design) -> str:
    flow = design.flow
    if flow.read == flow.used:
        return " ".join([f"All {flow.used:,} rows of the data were used.", *flow.kept])
    return f"Of {flow.read:,} rows of the data, {flow.used:,} were used. " + " ".join(
        flow.sentences()[1:]
    )


def _response(design: Design) -> str:
    spec, called = design.spec, printed_names(design)
    said = (
        f"The response, {called[spec.formula.response_name]}, was modelled by a Bayesian "
        f"generalised linear {'mixed ' if design.groups else ''}model, {spec.family.title} with "
        f"{spec.link.name} link"
    )
    if design.success:
        said += f", for the probability of {design.success}"
    if spec.exposure is not None:
        said += f", with {spec.exposure_name} as exposure (rates are {spec.per_words})"
    fixed = f"; the fixed part was {name_of(spec.formula.fixed_node, spec.names)}"
    about = []
    if products := [
        called[term.name] for term in design.predictor.fixed.terms if term.is_interaction
    ]:
        about.append(f"interactions: {', '.join(products)}")
    if design.references:
        levels = ", ".join(f"{called[name]} {level}" for name, level in design.references.items())
        about.append(f"reference levels: {levels}")
    if about:
        fixed += f" ({'; '.join(about)})"
    return f"{said}{fixed}."


def _others(design: Design) -> Iterator[str]:
    """Parameters beside the mean that have a formula."""
    spec = design.spec
    for name, one in design.modelled.items():
        fixed = name_of(spec.formulas[name].fixed_node, spec.names)
        yield (
            f"The {one.link.name} of {name}, the {one.parameter.short}, had a linear predictor of "
            f"its own, with the fixed part {fixed}."
        )


def _groups(design: Design) -> list[str]:
    terms, called = [], printed_names(design)
    for block, groups in design.blocks.items():
        own: dict[str, list[str]] = {}
        for one, column in block_effects(design, block):
            whose = f" (of {one.parameter.name})" if one.prefix else ""
            own.setdefault(whose, []).append("intercept" if column == "1" else called[column])
        columns = ", with ".join(f"{' and '.join(names)}{whose}" for whose, names in own.items())
        tied = "correlated " if block.correlated else ""
        levels = f"{len(groups[0].levels):,} levels"
        terms.append(f"{tied}{columns} by {called[block.factor]} ({levels})")
    if not terms:
        return []
    return [f"Group effects, normally distributed on the link scale: {'; '.join(terms)}."]


def _priors(material: Material, whole: bool) -> str:
    """Whose they are, and where they are listed: the short report has no section of them."""
    where = "under Priors" if whole else "in the full report"
    own = sum(not chosen.source for chosen in material.priors.values())
    total = len(material.priors)
    chosen = f"{own} of {total} priors were chosen by the analyst" if own else "All priors"
    rest = "the others were" if 0 < own < total else "were" if not own else ""
    if not rest:
        chosen = "All priors were chosen by the analyst"
        return f"{chosen}; they are listed {where} with what they predict."
    return (
        f"{chosen}{', ' if own else ' '}{rest} weakly informative defaults scaled to the data; all "
        f"are listed {where} with their reasons and with what they predict."
    )


def _sampler(material: Material) -> str:
    run, sizes = material.draws.run, material.draws.posterior.sizes
    settings = material.draws.settings
    if settings.sampler == COLLAPSED:
        return (
            f"The posterior was sampled with the engine '{run.engine}' ({run.version}): "
            f"{sizes['chain']} chains of {sizes['draw']:,} draws, each of which proposes fixed "
            "effects and standard deviations from one normal density and group effects given "
            "these, accepted by Metropolis and Hastings' rule (Tierney 1994); "
            f"seed {settings.seed}."
        )
    return (
        f"The posterior was sampled with the engine '{run.engine}' ({run.version}), a No-U-Turn "
        f"sampler (Hoffman & Gelman 2014): {sizes['chain']} chains of {settings.tune:,} warm-up "
        f"and {sizes['draw']:,} kept draws, target acceptance {settings.target_accept:g}, "
        f"seed {settings.seed}."
    )


def _stopping(draws: Draws) -> str:
    asked, stopped = draws.settings, draws.run.stopped
    if asked.ess is None:
        said = f"The number of draws was fixed beforehand, at {asked.draws:,} a chain"
        return f"{said}, but the run ended before that: {stopped}." if stopped else f"{said}."
    size = f"a bulk and tail effective sample size of {asked.ess:,}"
    aim = f"every parameter and group effect had {size}"
    if stopped:
        return f"Sampling was to go on until {aim}, but the run ended before that: {stopped}."
    more = ", and on for the digits of the fixed effects" if "ess" in asked.open else ""
    return f"Sampling went on until {aim}{more}."


def _convergence(verdict: Verdict) -> str:
    found = {check.name: check for check in verdict.checks}
    rhat, bulk, tail = found["R-hat"], found["bulk ESS"], found["tail ESS"]
    said = (
        f"Over all parameters and group effects the largest R-hat was {rhat.value:.3f} (wanted "
        f"{rhat.bound}) and the smallest effective sample sizes {bulk.value:,.0f} (bulk) "
        f"and {tail.value:,.0f} (tail; wanted {tail.bound}; Vehtari et al. 2021); "
    )
    if "divergences" in found:
        said += f"there were {found['divergences'].value:,.0f} divergences."
    else:
        least = found["acceptance"].value
        said += f"the chain that accepted fewest proposals accepted {100 * least:.0f} % of them."
    return said if verdict.passed else f"{verdict.sentence()} {said}"


def _shortfalls(material: Material, shown: Sequence[Table] | None) -> list[str]:
    """Tables that fall short of what the parameters reached, and those where nothing is said."""
    found = shortfalls(material, shown)
    silent = unjudged(material) if shown is None else []
    said = []
    if found:
        tables, have = ("Tables", "have") if len(found) > 1 else ("A table", "has")
        said.append(
            f"{tables} computed from these draws, or from some of them, {have} an effective sample "
            f"size below {wanted_ess(material):,} or an R-hat above its bound ({R_HAT:g}, more for "
            f"one of very many groups): {'; '.join(found)}."
        )
    if silent:
        said.append(
            "Printed without an effective sample size of their own, with the digits that their "
            f"Monte Carlo error supports: {'; '.join(silent)}."
        )
    return said


def _software(material: Material) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in SOFTWARE)
    opinion = (
        ", whose log density and gradient were compared with those of bambi's where bambi can say "
        "the model"
        if material.opinion is not None
        else ""
    )
    return (
        f"Software: Python {platform.python_version()}, {versions} (Abril-Pla et al. 2023; "
        "Kumar et al. 2019; Capretto et al. 2022; Harris et al. 2020). The model is defined by its "
        f"PyMC graph{opinion}."
    )
