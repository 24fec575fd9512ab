"""What the scripts of R share: the data they read, and the sides of their formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.coding_sentences import coding_sentences
from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.scripts import r_text
from bayesglmm.scripts.r_columns import codes_alike
from bayesglmm.scripts.script import DATA
from bayesglmm.spec.bars import OBSERVATIONS, Bar
from bayesglmm.spec.formula import Formula
from bayesglmm.version import __version__

type Bars = Callable[[Bar, Predictor], str]
"""How a tool writes a group term."""


def check_columns(design: Design, tool: str) -> None:
    """Refuse a formula that R would make other columns of.

    Parameters
    ----------
    design : Design
    tool : str

    Raises
    ------
    SpecError
    """
    for name, one in design.predictors.items():
        formula = design.spec.formulas.get(name)
        if formula is not None and not codes_alike(one.fixed, formula.fixed):
            raise SpecError(
                f"{tool} would make other columns of '{formula.fixed}': R codes all cells of an "
                "interaction whose parts do not stand in the formula (write f*g for f:g), and all "
                "levels of a factor without an intercept, whatever its coding."
            )


def prepared(design: Design) -> pd.DataFrame:
    """The rows for a script of R.

    Parameters
    ----------
    design : Design

    Returns
    -------
    pandas.DataFrame
        `design.data` with factors as text; a binary response of two labels is 0 or 1.
    """
    data = design.data.copy()
    for column in data.columns[data.dtypes == "category"]:
        data[column] = data[column].astype(str)
    formula = design.spec.formula
    response = formula.response_name.strip("`")
    if response in data and design.rows.upper is None:
        data[response] = _whole(design, design.rows.y)
    return data.rename(columns={OBSERVATIONS: r_text.OWN_ROWS})


def _whole(design: Design, y: Array) -> Array | NDArray[np.int64]:
    return np.asarray(y, dtype=np.int64) if design.spec.family.support.discrete else y


def head(design: Design, library: str, *comments: str) -> Iterator[str]:
    """Lines of a script before the model: what it is, and its data.

    Parameters
    ----------
    design : Design
    library : str
    *comments : str

    Yields
    ------
    str
    """
    spec, family = design.spec, design.spec.family
    yield f"# {spec.text}"
    yield f"# {family.title} family, {spec.link.name} link; written by bayesglmm {__version__}."
    for sentence in (*coding_sentences(design), *design.flow.sentences(), *comments):
        yield f"# {sentence}"
    yield f"library({library})"
    yield ""
    factors = {
        name: design.data[name].cat.categories
        for name in design.data.columns[design.data.dtypes == "category"]
        if name != spec.formula.response_name.strip("`")
    }
    texts = ", ".join(f'{r_text.name(name)} = "character"' for name in factors)
    yield (
        f'data <- read.csv("{DATA}", check.names = FALSE, na.strings = ""'
        + (f",\n                 colClasses = c({texts}))" if texts else ")")
    )
    plain = {name for one in design.predictors.values() for name in _compared(one)}
    for name, levels in factors.items():
        if name in plain:
            column = f"data[[{r_text.text(name)}]]" if "`" in r_text.name(name) else f"data${name}"
            yield f"{column} <- factor({column}, levels = {r_text.vector(map(str, levels))})"


def _compared(predictor: Predictor) -> set[str]:
    parts = [part for side in predictor.sides for own in side.products.values() for part in own]
    return {part.factor for part in parts if part.factor is not None}


def right_side(formula: Formula, predictor: Predictor, bars: Bars, exposure: str = "") -> str:
    """The right side of a formula.

    Parameters
    ----------
    formula : Formula
    predictor : Predictor
    bars : callable
    exposure : str
        Column whose log is an offset; empty where there is none.

    Returns
    -------
    str
    """
    terms = [r_text.written(formula.fixed)]
    if exposure:
        terms.append(f"offset(log({r_text.name(exposure)}))")
    return " + ".join([*terms, *(bars(bar, predictor) for bar in formula.bars)])


def factor_name(bar: Bar) -> str:
    """A grouping factor as R writes it."""
    return ":".join(map(r_text.name, bar.factors))


def check_exposure(design: Design, tool: str) -> str:
    """The exposure, or nothing where there is none; see `right_side`.

    Raises
    ------
    SpecError
        If it cannot be said as an offset.
    """
    spec = design.spec
    if spec.exposure is not None and not spec.link.multiplicative:
        raise SpecError(
            f"{tool} has exposures as offsets of the log link, but this model has the "
            f"{spec.link.name} link."
        )
    return spec.exposure or ""


def check_rows(design: Design, tool: str, *, weights: bool) -> None:
    """Refuse rows that are more than known responses.

    Parameters
    ----------
    design : Design
    tool : str
    weights : bool
        Whether the tool multiplies log densities of rows with weights.

    Raises
    ------
    SpecError
    """
    rows = design.rows
    found = [
        words
        for given, words in (
            (rows.upper is not None, "responses of which only bounds are known"),
            (rows.truncated, "truncated responses"),
            (rows.weight is not None and not weights, "survey weights"),
            (design.spec.se is not None, "known standard errors"),
        )
        if given
    ]
    if found:
        raise SpecError(f"{tool} has no {found[0]}.")


def check_family(design: Design, tool: str, known: bool) -> None:
    """Refuse a family that a tool has not, or an effect across formulas."""
    if not known:
        raise SpecError(f"{tool} has no {design.spec.family.name} family.")


def check_shared(design: Design, tool: str) -> None:
    """Refuse terms that share a name, whose effects are correlated across terms."""
    shared = [group.shared for group in design.groups if group.shared]
    if shared:
        raise SpecError(
            f"{tool} has no names between bars, as '{shared[0]}' is, that correlate the effects of "
            "several terms."
        )


def aliases(design: Design, what: str) -> list[str]:
    """A comment on columns that others determine."""
    found = [alias for one in design.predictors.values() for alias in one.fixed.aliased]
    return [f"{found[0]}, and is left out here; {what}"] if found else []
