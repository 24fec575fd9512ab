"""Models of other packages as ours: a thin face over the cross-check."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.crosscheck import read_bambi
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import BayesglmmError, SpecError
from bayesglmm.model import Model


def from_bambi(bambi_model: Any) -> Model:
    """A model of bambi as a `Model`: the same likelihood, the same priors, the same forms.

    Parameters
    ----------
    bambi_model : bambi.Model
        Built or not; its formulas, data, family, link, priors (those that it chose, scaled as it
        scaled them) and centred or non-centred terms are carried over.

    Returns
    -------
    Model
        Its log density is that of bambi's, but for a constant. Groups that do not occur in the
        data, which bambi has for ``a:b`` and ``a/b``, are left out.

    Raises
    ------
    SpecError
        If bambi's model holds what cannot be carried; says what.
    """
    found = read_bambi(bambi_model)
    without = {key: value for key, value in found.options.items() if key != "priors"}
    try:
        _check_columns(Model(found.formula, found.data, **without), bambi_model)
        return Model(found.formula, found.data, **found.options)
    except BayesglmmError as error:
        raise SpecError(f"from_bambi() cannot carry '{found.formula}': {error}") from error


def _check_columns(model: Model, theirs: Any) -> None:
    """Refuse a model whose columns are others than bambi's."""
    components = [one for one in theirs.parameters.values() if hasattr(one, "terms")]
    written = [one for one in model.design.predictors.values() if not one.is_number]
    for one, component in zip(written, components, strict=True):
        names = [name for name, term in component.terms.items() if not _is_column(term)]
        columns = [component.terms[name].data for name in component.terms if name not in names]
        other = np.column_stack(columns) if columns else np.empty((one.n, 0))
        if not _same(one, other):
            raise SpecError(
                f"The columns of {one.parameter.name} here, {', '.join(one.fixed.names)}, are not "
                "those of bambi. Leave a column that others determine out."
            )


def _is_column(term: Any) -> bool:
    return term.kind not in ("intercept", "offset") and not hasattr(term, "group_index")


def _same(one: Predictor, other: Any) -> bool:
    return one.X.shape == other.shape and bool(np.allclose(one.X, other, atol=1e-8))
