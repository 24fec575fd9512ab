"""What ``labels=`` says: what the values of a column are called, and the column itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bayesglmm.errors import SpecError

type ValueLabels = Mapping[str, Mapping[Any, str]]
"""Column to {value: label}."""

type Labels = Mapping[str, str | Mapping[Any, str] | Sequence[Any] | tuple[str, Mapping[Any, str]]]
"""Column to its name in print, to {value: label} or its values in order, or to both."""

FORMS = (
    "Write labels={{{0!r}: {{1: 'male', 2: 'female'}}}} for its values, {{{0!r}: 'name in print'}} "
    "for the column, or {{{0!r}: ('name in print', {{1: 'male', 2: 'female'}})}} for both."
)


def read_labels(labels: Labels) -> tuple[dict[str, dict[Any, str]], dict[str, str]]:
    """Take ``labels=`` apart.

    Parameters
    ----------
    labels : mapping
        Column to what readers see it called (text), to {value: label} or a list of its values in
        their order, or to a pair of both.

    Returns
    -------
    values : dict
        Column to {value: label}.
    names : dict
        Column to its name in print.

    Raises
    ------
    SpecError
        For anything else, a value without a label, or two columns or values of one name.
    """
    values: dict[str, dict[Any, str]] = {}
    names: dict[str, str] = {}
    for column, said in labels.items():
        name, mapping = _parts(column, said)
        if name is not None:
            names[column] = _checked_name(column, name)
        if mapping is not None:
            values[column] = _checked_values(column, mapping)
    _check_distinct(names)
    return values, names


def written(values: ValueLabels, names: Mapping[str, str]) -> dict[str, Any]:
    """What `read_labels` took apart, as one mapping again.

    Parameters
    ----------
    values, names : mapping

    Returns
    -------
    dict
    """
    both = {column: (names[column], labels) for column, labels in values.items() if column in names}
    return {**names, **values, **both}


def check_unlike(names: Mapping[str, str], columns: Collection[str]) -> None:
    """Refuse a name in print that is another column of the formula.

    Parameters
    ----------
    names : mapping
        Column to its name in print.
    columns : collection of str
        Columns that the formula uses.

    Raises
    ------
    SpecError
    """
    for column, name in names.items():
        if name != column and name in columns and names.get(name, name) == name:
            raise SpecError(
                f"labels= names the column '{column}' '{name}', which is another column of the "
                "formula. Choose a name that no column has."
            )


def _parts(column: Any, said: Any) -> tuple[Any, Any]:
    """The name of a column and the labels of its values; None for what is not said."""
    if isinstance(said, tuple) and len(said) == 2 and isinstance(said[1], Mapping) and said[1]:
        return said
    if isinstance(said, Mapping) and said:
        return None, said
    if isinstance(said, (list, tuple)) and said and not isinstance(said[-1], Mapping):
        return None, {value: str(value) for value in said}
    if isinstance(said, str):
        return said, None
    raise SpecError(f"labels[{column!r}] is {said!r}. {FORMS.format(column)}")


def _checked_name(column: Any, name: Any) -> str:
    if not isinstance(name, str) or not name.strip():
        raise SpecError(
            f"labels[{column!r}] gives the column the name {name!r}. {FORMS.format(column)}"
        )
    return " ".join(name.split())


def _checked_values(column: Any, mapping: Mapping[Any, Any]) -> dict[Any, str]:
    for value, label in mapping.items():
        if label is None:
            raise SpecError(
                f"labels[{column!r}] gives the value {value!r} no label. {FORMS.format(column)}"
            )
        others = {str(other) for other in mapping if str(other) != str(value)}
        if str(label) in others:  # it would be read two ways
            raise SpecError(
                f"labels={{'{column}': ...}} names the value {value!r} '{label}', which is "
                "another of its values. Choose labels that are no values of the column."
            )
    return dict(mapping)


def _check_distinct(names: Mapping[str, str]) -> None:
    owners: dict[str, str] = {}
    for column, name in names.items():
        other = owners.setdefault(name, column)
        if other != column:
            raise SpecError(
                f"labels= names both '{other}' and '{column}' '{name}'. Readers could not tell "
                "them apart: choose two names."
            )
