"""Numbers that come as Python objects are numbers, not factors of a level a value."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg
from bayesglmm.design import make_design
from bayesglmm.design.objects import read_objects
from bayesglmm.errors import DataError
from bayesglmm.spec import specify

N = 12
WHOLE = [7, 0, 3, 5, 2, 9, 1, 8, 4, 6, 11, 10]
QUARTERS = [Decimal(value) / 4 for value in WHOLE]


def objects(values):
    return pd.Series(values, dtype=object)


# A column; its type once read; its values where no row is missing.
NUMBERS = {
    "integers": (objects(WHOLE), np.int64, WHOLE),
    "NumPy integers": (objects([np.int32(value) for value in WHOLE]), np.int64, WHOLE),
    "integers and NaN": (objects([np.nan, *WHOLE[1:]]), float, WHOLE[1:]),
    "integers and None": (objects([None, *WHOLE[1:]]), float, WHOLE[1:]),
    "integers and NA": (objects([pd.NA, *WHOLE[1:]]), float, WHOLE[1:]),
    "integers and floats": (objects([0.5, *WHOLE[1:]]), float, [0.5, *WHOLE[1:]]),
    "Decimals": (objects(QUARTERS), float, np.array(WHOLE) / 4),
    "Decimals and NaN": (objects([Decimal("NaN"), *QUARTERS[1:]]), float, np.array(WHOLE[1:]) / 4),
    "Decimals and None": (objects([None, *QUARTERS[1:]]), float, np.array(WHOLE[1:]) / 4),
    "Fractions": (objects([Fraction(v, 3) for v in WHOLE]), float, np.array(WHOLE) / 3),
    "huge integers": (objects([10**20, *WHOLE[1:]]), float, [1e20, *WHOLE[1:]]),
    "Int64 and NA": (pd.Series([None, *WHOLE[1:]], dtype="Int64"), float, WHOLE[1:]),
    "Float64 and NA": (pd.Series([None, *WHOLE[1:]], dtype="Float64"), float, WHOLE[1:]),
}


@pytest.mark.parametrize("case", NUMBERS)
@pytest.mark.parametrize("use", ["predictor", "response", "offset"])
def test_objects_that_are_numbers(case, use):
    column, kind, expected = NUMBERS[case]
    data = pd.DataFrame({"x": column, "y": np.sin(np.arange(N))})
    text = {"predictor": "y ~ x", "response": "x ~ y", "offset": "y ~ offset(x)"}[use]
    design = make_design(specify(text, missing="drop"), data)
    assert design.data["x"].dtype == kind
    assert not design.levels
    predictor = design.predictor
    found = {"response": design.rows.y, "offset": predictor.offset}.get(use, predictor.X)
    np.testing.assert_allclose(np.ravel(found), np.asarray(expected, dtype=float), rtol=1e-15)


@pytest.mark.parametrize(
    ("column", "levels"),
    [
        (objects([str(value) for value in WHOLE]), tuple(str(value) for value in sorted(WHOLE))),
        (objects(["b", None, *["a", "b"] * 5]), ("a", "b")),
    ],
)
def test_text_stays_a_factor(column, levels):
    data = pd.DataFrame({"x": column, "y": np.sin(np.arange(N))})
    assert make_design(specify("y ~ x", missing="drop"), data).levels["x"] == levels


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        ({2: "three"}, "row 2 is text ('three'), the rest numbers"),
        ({2: "three", 7: "?"}, "rows 2, 7 are text ('three'), the rest numbers"),
        (dict.fromkeys(range(10), "a"), "rows 10, 11 are numbers (11), the rest text"),
        ({2: True, 7: False}, "rows 2, 7 are truth values (True), the rest numbers"),
        ({2: 1j}, "row 2 is something else (1j), the rest numbers"),
    ],
)
@pytest.mark.parametrize("text", ["y ~ x", "x ~ y", "y ~ offset(x)"])
def test_numbers_mixed_with_text_are_refused_by_row(change, fragment, text):
    column = objects([change.get(row, value) for row, value in enumerate(WHOLE)])
    with pytest.raises(DataError) as caught:
        make_design(specify(text), pd.DataFrame({"x": column, "y": np.sin(np.arange(N))}))
    assert fragment in str(caught.value)
    assert "pandas.to_numeric(data['x'], errors='coerce')" in str(caught.value)


def test_identifiers_of_groups_may_mix_numbers_and_text():
    column = objects([1, 1, 1, 2, 2, 2, "2b", "2b", "2b", 3, 3, 3])
    data = pd.DataFrame({"g": column, "y": np.sin(np.arange(N))})
    (group,) = make_design(specify("y ~ (1 | g)"), data).predictor.groups
    assert set(group.levels) == {"1", "2", "2b", "3"}


@pytest.mark.parametrize("text", ["y ~ C(x)", "y ~ 1 + (1 | x)"])
def test_the_audit_reads_objects_as_the_model_does(text):
    values = np.repeat([value for value in range(1, 22) if value != 6], 3)
    frames = [pd.DataFrame({"x": values, "y": np.sin(np.arange(60))}) for _ in range(2)]
    frames[1]["x"] = objects([int(value) for value in values])
    plain, other = (bg.Model(text, data, family="gaussian").audit() for data in frames)
    assert repr(plain) == repr(other)
    assert set(plain.codes) & {"CODES", "LOST"}


def test_other_columns_are_untouched():
    for column in (pd.Series([1, 2]), pd.Series(["a", "b"]), objects([None, None])):
        assert read_objects(column) is column
