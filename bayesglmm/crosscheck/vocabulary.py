"""bambi's vocabulary: what it has words for, and what it calls our terms."""

from __future__ import annotations

from collections.abc import Iterator

from bayesglmm.design.columns import Columns
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families import Param

BAMBI = "bambi"
"""Under which families and links say what bambi calls them."""


def check_sayable(design: Design) -> None:
    """Refuse what bambi has no words for.

    Parameters
    ----------
    design : Design

    Raises
    ------
    SpecError
        With the reason.
    """
    spec, predictors = design.spec, list(design.predictors.values())
    if BAMBI not in spec.family.elsewhere:
        raise SpecError(f"bambi has no {spec.family.name} family.")
    if spec.family.make is not None:
        raise SpecError(
            f"bambi has other parameters of thresholds and categories than the {spec.family.name} "
            "family here, so that priors cannot be carried over."
        )
    if design.rows.upper is not None:
        raise SpecError(
            "bambi has no counts of which only bounds are known, as some of "
            f"{spec.formula.response_name} are."
        )
    if not design.rows.plain or any(one.is_known for one in predictors):
        raise SpecError(
            "bambi is not asked about truncated responses, survey weights or known standard errors."
        )
    if BAMBI not in spec.link.elsewhere:
        raise SpecError(f"bambi has no {spec.link.name} link for the {spec.family.name} family.")
    if spec.exposure is not None and not spec.link.multiplicative:
        raise SpecError(
            f"bambi has no exposure. It can be said as an offset with the log link, "
            f"but this model has the {spec.link.name} link."
        )
    for block, terms in design.blocks.items():
        if block.correlated:
            pipe = f"|{terms[0].shared}|" if terms[0].shared else "|"
            raise SpecError(
                f"bambi has no correlated group effects, as those of '{block.name}' are. "
                f"Write || for {pipe} to leave the correlations out."
            )
    aliased = [alias for one in predictors for alias in one.fixed.aliased]
    if aliased:
        raise SpecError(
            "bambi keeps a column that others determine, which this model leaves out: "
            f"{aliased[0]}. Take it out of the formula."
        )
    named = [
        *(name for one in predictors for name in one.fixed.names),
        *(name for one in predictors for group in one.groups for name in group.columns),
    ]
    slashed = [name.replace("÷", "/") for name in named if "÷" in name]
    if slashed:
        raise SpecError(
            f"bambi cannot name a term with a slash, such as '{slashed[0]}'. "
            "Make it a column of the data."
        )


def their_parameter(parameter: Param) -> str:
    """What bambi calls a parameter of the family, or one less it."""
    own = parameter.elsewhere.get(BAMBI, parameter.name)
    return parameter.complements.get(BAMBI, own)


def is_complement(parameter: Param) -> bool:
    """Whether bambi has one less the parameter, so that coefficients have the other sign."""
    return BAMBI in parameter.complements


def their_variable(predictor: Predictor, name: str) -> str:
    """What bambi calls a coefficient of a linear predictor."""
    return f"{their_parameter(predictor.parameter)}_{name}" if predictor.prefix else name


def fixed_terms(columns: Columns) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each term: its name in bambi, its columns, and whether it is a vector.

    Parameters
    ----------
    columns : Columns

    Yields
    ------
    name : str
    columns : tuple of str
    is_vector : bool
    """
    for term in columns.terms:
        yield term.name, term.columns, term.levels is not None


def group_terms(group: Group) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each term left of a bar: its name in bambi, our columns, and whether it is a vector.

    Parameters
    ----------
    group : Group

    Yields
    ------
    name : str
    columns : tuple of str
    is_vector : bool
    """
    if group.intercept:
        yield f"1|{group.factor}", ("1",), False
    for encoder in group.encoders:
        for name, columns, vector in fixed_terms(encoder):
            yield f"{name}|{group.factor}", columns, vector
