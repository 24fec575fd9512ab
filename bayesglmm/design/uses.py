"""Which columns of the data a model uses, what for, and where they miss values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from bayesglmm.design.labels import is_number
from bayesglmm.design.row_flow import Dropped
from bayesglmm.errors import DataError, first_rows, nearest
from bayesglmm.spec.bars import OBSERVATIONS
from bayesglmm.spec.formula import Formula, variables
from bayesglmm.spec.model import ModelSpec


def column_uses(spec: ModelSpec) -> dict[str, str]:
    """The data columns a spec names, each with what it is used for.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    dict
        Column to ``"the response"``, ``"the number of trials"``, ``"the exposure"``,
        ``"the weights"``, ``"the fixed part"`` or ``"a grouping factor"``.
    """
    formula, uses = spec.formula, right_uses(spec.formulas.values(), spec.exposure)
    if formula.trials is not None and not is_number(formula.trials):
        uses[formula.trials] = "the number of trials"
    for name in [formula.successes] if formula.successes else variables(formula.response):
        uses[str(name)] = "the response"
    return uses | {name: use for name, use in spec.row_columns.items() if use != "the exposure"}


def right_uses(formulas: Iterable[Formula], exposure: str | None) -> dict[str, str]:
    """The columns that linear predictors and the exposure are made of.

    One of them may be used for the response too, as in ``I(y - base) ~ base``.

    Parameters
    ----------
    formulas : iterable of Formula
    exposure : str or None

    Returns
    -------
    dict
        As for `column_uses`.
    """
    several = tuple(formulas)
    groups = [name for formula in several for name in formula.group_variables]
    groups = [name for name in groups if name != OBSERVATIONS]
    fixed = (name for formula in several for name in formula.fixed_variables)
    uses = dict.fromkeys(groups, "a grouping factor") | dict.fromkeys(fixed, "the fixed part")
    return uses if exposure is None else uses | {exposure: "the exposure"}


def pick_columns(uses: Mapping[str, str], data: pd.DataFrame) -> pd.DataFrame:
    """The columns of a data frame that are used, its rows counted from 0.

    Parameters
    ----------
    uses : mapping
        Column to what it is used for.
    data : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        If it has no rows, a column is not there or there twice, or text is not Unicode.
    """
    if len(data) == 0:
        raise DataError("The data frame has no rows.")
    if data.columns.nlevels > 1:
        raise DataError("The column names have several levels. Flatten them to one name each.")
    names = [str(column) for column in data.columns]
    for name, use in uses.items():
        if name not in data.columns:
            raise DataError(f"There is no column '{name}' (used for {use}). {nearest(name, names)}")
        if names.count(name) > 1:
            raise DataError(
                f"The data frame has {names.count(name)} columns named '{name}'. "
                "Rename or drop all but one."
            )
        _check_text(name, data[name])
    return data.loc[:, list(uses)].reset_index(drop=True)


def _check_text(name: str, column: pd.Series) -> None:
    """Refuse half characters, which Python makes of bytes of another encoding on request."""
    values = [name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        values += [each for each in column.cat.categories if isinstance(each, str)]
    elif column.dtype == object:
        values += [each for each in column if isinstance(each, str)]
    for value in dict.fromkeys(values):
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            what = "A column is named" if value == name else f"The column '{name}' has the value"
            raise DataError(
                f"{what} {value!a}, which is no Unicode text. Read the data with the encoding that "
                "they are in, such as pd.read_csv(path, encoding='latin-1')."
            )


def missing_values(picked: pd.DataFrame) -> list[Dropped]:
    """Rows without a value, column by column.

    Parameters
    ----------
    picked : pandas.DataFrame

    Returns
    -------
    list of Dropped
        Of the columns that miss one.
    """
    found = []
    for name in picked:
        rows = np.flatnonzero(picked[name].isna().to_numpy())
        if len(rows):
            found.append(Dropped(str(name), tuple(int(row) for row in rows)))
    return found


def missing_message(missing: Sequence[Dropped], uses: Mapping[str, str], advice: str) -> str:
    """What is missing, where, and what to do about it.

    Parameters
    ----------
    missing : sequence of Dropped
    uses : mapping
        Column to what it is used for.
    advice : str

    Returns
    -------
    str
    """
    lines = [
        f"'{item.column}' has {len(item.rows)} missing value{'s' * (len(item.rows) > 1)} "
        f"({first_rows(item.rows)}) and is used for {uses[item.column]}."
        for item in missing
    ]
    return "\n".join([*lines, advice])
