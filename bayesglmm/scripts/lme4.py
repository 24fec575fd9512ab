"""A model as a script of R's lme4: the same likelihood, without priors."""

from __future__ import annotations

from bayesglmm.crosscheck import Described
from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families import find_link
from bayesglmm.scripts import r_text
from bayesglmm.scripts.glmmtmb import NO_PRIORS
from bayesglmm.scripts.r_model import (
    aliases,
    check_columns,
    check_exposure,
    check_family,
    check_rows,
    check_shared,
    factor_name,
    head,
    prepared,
    right_side,
)
from bayesglmm.scripts.script import Script
from bayesglmm.spec.bars import Bar

TOOL = "lme4"

LAPLACE = "glmer() is Laplace's approximation, as model.ml() is; nAGQ is model.ml(quadrature=...)."

EXPECTED = (
    "Under this link glmer() takes the expected curvature of the likelihood where Laplace's "
    "approximation has the observed one, so that its log likelihood is not quite the same."
)


def lme4_script(model: Described) -> Script:
    """The same likelihood in lme4.

    Parameters
    ----------
    model : Described

    Returns
    -------
    Script

    Raises
    ------
    SpecError
        If lme4 cannot say it.
    """
    design = model.design
    _check(design)
    spec, data = design.spec, prepared(design)
    left = r_text.written(spec.formula.response)
    if spec.formula.trials is not None:
        k, n = r_text.name(spec.formula.successes or ""), r_text.name(spec.formula.trials)
        left = f"cbind({k}, {n} - {k})"
    formula = (
        f"{left} ~ {right_side(spec.formula, design.predictor, _bar, check_exposure(design, TOOL))}"
    )
    call, comments = _call(design), [NO_PRIORS]
    if not call.startswith("lmer("):
        comments.append(LAPLACE)
        if not spec.family.is_canonical(spec.link):
            comments.append(EXPECTED)
    comments += aliases(design, "lme4 leaves out such a column too, perhaps another one")
    body = call.format(formula=formula)
    lines = [*head(design, TOOL, *comments), "", f"fit <- {body}", "summary(fit)"]
    return Script(TOOL, "\n".join(lines) + "\n", data, ".R")


def _check(design: Design) -> None:
    check_family(design, TOOL, TOOL in design.spec.family.elsewhere)
    check_rows(design, TOOL, weights=False)
    check_columns(design, TOOL)
    check_shared(design, TOOL)
    if design.modelled:
        raise SpecError(f"{TOOL} has no formula of {next(iter(design.modelled))}.")
    if not design.groups:
        raise SpecError(f"{TOOL} has no models without group terms.")


def _call(design: Design) -> str:
    """The function of lme4, its formula left open."""
    link, named = design.spec.link, design.spec.family.elsewhere[TOOL]
    if named == "lmer" and link.linear:
        return "lmer(\n  {formula},\n  data = data, REML = FALSE\n)"
    if named == "lmer":
        raise SpecError(
            f"{TOOL} estimates the {link.name} link of a Gaussian response otherwise than by "
            "maximum likelihood."
        )
    if named == "glmer.nb" and link is not find_link(design.spec.family.links[0]):
        raise SpecError(f"{TOOL} has no {link.name} link of the {design.spec.family.name} family.")
    if named == "glmer.nb":
        return "glmer.nb(\n  {formula},\n  data = data\n)"
    return "glmer(\n  {formula},\n  " + f'data = data, family = {named}(link = "{link.name}")\n)'


def _bar(bar: Bar, predictor: Predictor) -> str:
    columns, factor = r_text.written(bar.columns), factor_name(bar)
    if bar.correlated:
        return f"({columns} | {factor})"
    factors = [
        part.name
        for group in predictor.groups
        if group.factors == bar.factors
        for parts in group.products.values()
        for part in parts
        if part.is_factor
    ]
    if factors:
        raise SpecError(
            f"{TOOL} leaves the effects of the levels of {factors[0]} correlated behind ||."
        )
    return f"({columns} || {factor})"
