"""The encoder of a formula is plain data, and what it learnt stays with it."""

import copy
import pickle
from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
import pytest
from formula_table import DATA, NEW, TABLE

from bayesglmm.design.columns import make_columns
from bayesglmm.design.encoding import make_encoder
from bayesglmm.design.encoding.full_rank import TermNames, full_rank
from bayesglmm.design.encoding.transforms import Spline
from bayesglmm.errors import DataError

PLAIN = (str, int, float, bool, type(None))


def pieces(value):
    """A value and all that it is made of."""
    yield value
    if is_dataclass(value):
        inside = [getattr(value, item.name) for item in fields(value)]
    else:
        inside = value if isinstance(value, tuple) else ()
    for item in inside:
        yield from pieces(item)


@pytest.mark.parametrize("text", TABLE)
def test_an_encoder_is_plain_data_and_travels(text):
    encoder = make_encoder(text, DATA)
    for piece in pieces(encoder):
        assert type(piece) in (*PLAIN, tuple) or type(piece).__module__.startswith(
            "bayesglmm.design.encoding."
        )
        assert not is_dataclass(piece) or type(piece).__dataclass_params__.frozen
    for other in (pickle.loads(pickle.dumps(encoder)), copy.deepcopy(encoder)):
        assert other == encoder
        np.testing.assert_array_equal(other.columns(NEW), encoder.columns(NEW))
        np.testing.assert_array_equal(other.offset(NEW), encoder.offset(NEW))


def test_an_encoder_does_not_hold_the_rows():
    text = "x*f + bs(z, df=4) + poly(w, 2) + C(k, Sum)*scale(x) + offset(log(z))"
    few = pickle.dumps(make_encoder(text, DATA))
    many = pickle.dumps(make_encoder(text, pd.concat([DATA] * 100)))
    assert len(many) == pytest.approx(len(few), rel=0.01)
    assert len(few) < 4_000


def test_whole_numbers_are_numbers():
    """Neither do negative powers fail, nor do large ones wrap around in silence."""
    data = pd.DataFrame({"k": [1, 2, 1000], "b": [True, False, True]})
    values = make_encoder("I(k**-1) + I(k**7) + I(-b) + I(b - (k > 1))", data).columns(data)
    k = data["k"].to_numpy(dtype=float)
    np.testing.assert_allclose(values.T, [1 / k, k**7, [-1, 0, -1], [1, -1, 0]])


def test_levels_of_numbers_have_one_name():
    data = pd.DataFrame({"x": [2.0, 1.0, 2.5, 1.0]})
    encoder = make_encoder("C(x) + x + T(x, 2)", data)
    assert encoder.names == [*("C(x)[2]", "C(x)[2.5]"), "x", *("T(x, 2)[1]", "T(x, 2)[2.5]")]
    with pytest.raises(DataError, match=r"'C\(x\)' has the level '3' \(row 1\), which the model"):
        encoder.columns(pd.DataFrame({"x": [1.0, 3.0]}))


@pytest.mark.parametrize("degree", [1, 2, 4])
def test_polynomials_are_orthonormal_and_span_the_powers(degree):
    x = DATA["x"].to_numpy()
    columns = make_encoder(f"poly(x, {degree})", DATA).columns(DATA)
    np.testing.assert_allclose(columns.T @ columns, np.eye(degree), atol=1e-11)
    np.testing.assert_allclose(columns.sum(axis=0), 0, atol=1e-11)
    for power in range(degree + 1):
        target = x**power
        basis = np.column_stack([np.ones(len(x)), columns])
        _, rest, *_ = np.linalg.lstsq(basis, target)
        assert (power <= degree) == (rest.sum() < 1e-16 * np.sum(target**2))


def test_a_spline_goes_on_as_a_polynomial_beyond_its_knots():
    encoder = make_encoder("bs(x, df=5)", DATA)
    [[part]] = [term.parts for term in encoder.terms]
    spline = part.of
    assert isinstance(spline, Spline)
    assert (spline.lower, spline.upper) == (DATA["x"].min(), DATA["x"].max())
    for end, inner in ((spline.upper, spline.knots[-5]), (spline.lower, spline.knots[4])):
        inside = np.linspace(inner, end, 6)
        beyond = end + (end - inner) * np.array([0.1, 0.5])
        known = encoder.columns(pd.DataFrame({"x": inside}))
        found = encoder.columns(pd.DataFrame({"x": beyond}))
        for column, expected in zip(found.T, known.T, strict=True):
            cubic = np.polynomial.Polynomial.fit(inside, expected, 3)
            np.testing.assert_allclose(column, cubic(beyond), atol=1e-8)


# Terms by their parts, capitals for factors; what they become, + for a column a level.
RANKS = {
    "1 A": "1 A",
    "A": "A+",
    "A B": "A+ B",
    "1 A:B": "1 B A:B+",
    "1 A A:B": "1 A A+:B",
    "A:B": "A+:B+",
    "1 A B A:B": "1 A B A:B",
    "1 A:x": "1 A+:x",
    "1 x A:x": "1 x A:x",
    "1 x A:B:x": "1 x B:x A:B+:x",
    "1 x:z A:z:x": "1 x:z A:z:x",
    "1 A x A:x": "1 A x A:x",
    "1 A:B:C": "1 B A:B+ A+:C B:C A:B:C",
}


@pytest.mark.parametrize("text", RANKS)
def test_which_factors_need_all_levels(text):
    terms = [
        TermNames(tuple(names), frozenset(name for name in names if name.isupper()))
        for names in (part.split(":") if part != "1" else [] for part in text.split())
    ]
    found = [
        ":".join(f"{name}{'+' * full.get(name, False)}" for name in term.names) or "1"
        for term, full in full_rank(terms)
    ]
    assert found == RANKS[text].split()


# Numbers in one order and in another; formulae has one column too many, or an IndexError.
ORDERS = {
    "x:z + f:z:x": ("x:z", "f:z:x[c]", "f:z:x[a]"),
    "x:z + f:z:x + g:x:z": ("x:z", "f:z:x[c]", "f:z:x[a]", "g:x:z[p]"),
    "f:z:x + g:x:z": ("f:z:x[b]", "f:z:x[c]", "f:z:x[a]", "g:x:z[p]"),
}


@pytest.mark.parametrize("text", ORDERS)
def test_the_order_of_numbers_in_an_interaction_is_free(text):
    columns, _ = make_columns(text, DATA)
    assert columns.names == ORDERS[text]
    assert columns.aliased == ()
