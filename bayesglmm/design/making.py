"""How a spec and a data frame become a design."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bayesglmm.design.any_frame import as_data
from bayesglmm.design.categories import with_categories
from bayesglmm.design.collisions import check_collisions, check_shared_names
from bayesglmm.design.design import Design
from bayesglmm.design.frame import make_frame
from bayesglmm.design.objects import is_truth
from bayesglmm.design.predictor import intercept_at_zero, make_predictor
from bayesglmm.design.response_rows import make_rows
from bayesglmm.design.shared_terms import share_blocks
from bayesglmm.families import Param
from bayesglmm.spec.model import ModelSpec


def make_design(spec: ModelSpec, data: Any) -> Design:
    """Meet a spec with data.

    Parameters
    ----------
    spec : ModelSpec
    data : pandas.DataFrame, or what `any_frame.as_data` takes
        One row an observation. Not altered.

    Returns
    -------
    Design

    Raises
    ------
    DataError, FormulaError
        If the data do not fit the spec.
    """
    data = as_data(data)
    frame = make_frame(spec, data)
    spec = with_categories(spec, frame, data)
    check_shared_names(spec, data.columns)
    rows, success = make_rows(spec, frame.data, frame.rows)
    response = spec.formula.response_name
    if success == "1" and response in data and is_truth(data[response]):
        success = "True"
    parameters = [each for each in spec.family.parameters if _is_estimated(spec, each)]
    alone = [make_predictor(spec, each, frame.data) for each in parameters]
    groups = share_blocks(each.groups for each in alone)
    predictors = {
        each.parameter.name: replace(each, groups=own)
        for each, own in zip(alone, groups, strict=True)
    }
    check_collisions(spec, predictors.values())
    return Design(
        spec=spec,
        predictors=predictors,
        rows=rows,
        success=success,
        levels=frame.levels,
        flow=frame.flow,
        data=frame.data,
        given=data.copy(deep=False),  # what the user later writes into it is not seen here
        positions=frame.rows,
        source=str(data.attrs.get("source", "")),
        caveats=_several(data.attrs.get("caveats", ())),
    )


def _is_estimated(spec: ModelSpec, parameter: Param) -> bool:
    """Whether a parameter is in the model: not one that is constant unless a formula says more."""
    return parameter.constant is None or parameter.name in spec.formulas


def said_otherwise(design: Design, spec: ModelSpec) -> Design:
    """The design of the same rows under a spec with other priors.

    Parameters
    ----------
    design : Design
    spec : ModelSpec
        As the design's own but for its rules.

    Returns
    -------
    Design
    """
    predictors = {
        name: replace(one, fixed=one.fixed.held(intercept_at_zero(spec, one.parameter)))
        for name, one in design.predictors.items()
    }
    return replace(design, spec=spec, predictors=predictors)


def _several(texts: Any) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(str(text) for text in texts)
