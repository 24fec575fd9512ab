"""Bad input in one table: each row is refused by us, in words that say what is wrong."""

import datetime

import numpy as np
import pandas as pd
import pytest

from bayesglmm.design import make_design
from bayesglmm.errors import BayesglmmError, DataError, FormulaError, SpecError
from bayesglmm.families import Prior
from bayesglmm.graph.chosen_priors import choose_priors
from bayesglmm.spec import specify

N = 12
ROW = np.arange(N)


def frame():
    return pd.DataFrame(
        {
            "y": ROW % 5,
            "z": np.sin(ROW),
            "n": 9,
            "t": 1.0 + ROW,
            "x": np.cos(ROW),
            "sex": np.array(["f", "m"])[ROW % 2],
            "g": np.array(["p", "q", "r"])[ROW // 4],
            "h": ROW % 4,
        }
    )


def put(**columns):
    """Set columns of the frame; a scalar fills all rows."""
    return lambda data: data.assign(**columns)


def two(first, second):
    """A column that alternates between two values."""
    return np.array([first, second], dtype=object)[ROW % 2]


def holes(values, rows, hole=np.nan):
    """Values with holes in some rows."""
    return pd.Series(values).mask(np.isin(ROW, rows), hole)


REAL, POSITIVE = Prior("Normal", sigma=1), Prior("HalfNormal", sigma=1)
COMPOSED, DECOMPOSED = "caf\u00e9", "cafe\u0301"
DAYS = pd.date_range("2020-01-01", periods=N)
COUNT = {"family": "poisson"}
RATE = {"family": "poisson", "exposure": "t"}
TRIALS = {"family": "binomial"}
BINARY = {"family": "bernoulli"}

# name: (formula, options of the spec, change of the data, kind of error, part of the message)
BAD = {
    # Names
    "unknown column": ("z ~ sxe", {}, None, DataError, "no column 'sxe' (used for the fixed part)"),
    "nearest column": ("z ~ Sex", {}, None, DataError, "Did you mean 'sex'?"),
    "unknown response": ("w ~ x", {}, None, DataError, "no column 'w' (used for the response)"),
    "unknown factor": ("z ~ (1 | k)", {}, None, DataError, "used for a grouping factor"),
    "unknown trials": ("p(y, m) ~ x", TRIALS, None, DataError, "used for the number of trials"),
    "unknown exposure": ("y ~ x", COUNT | {"exposure": "tt"}, None, DataError, "the exposure"),
    "unknown family": ("z ~ x", {"family": "gausian"}, None, SpecError, "mean 'gaussian'?"),
    "unknown link": ("z ~ x", {"link": "identty"}, None, SpecError, "mean 'identity'?"),
    "unknown function": ("z ~ logg(t)", {}, None, FormulaError, "Did you mean 'log'?"),
    "caller's variable": ("z ~ frame", {}, None, DataError, "no column 'frame'"),
    "labels of no column": (
        "z ~ x",
        {"labels": {"xx": {1: "a"}}},
        None,
        DataError,
        "'xx' in labels=",
    ),
    "duplicate column": (
        *("z ~ x", {}, lambda data: pd.concat([data, data[["x"]]], axis=1), DataError),
        "2 columns named 'x'",
    ),
    "nested column names": (
        *("z ~ x", {}, lambda data: pd.concat({"z": data, "x": data}, axis=1), DataError),
        "column names have several levels",
    ),
    "no frame": ("z ~ x", {}, lambda data: data.to_numpy().tolist(), DataError, "is no DataFrame"),
    # Formula
    "unclosed bar": ("z ~ x + (1 | g", {}, None, FormulaError, "'(' is never closed"),
    "bare bar": ("z ~ x + 1 | g", {}, None, FormulaError, "must stand alone in parentheses"),
    "nothing to estimate": ("z ~ 0", {}, None, DataError, "leaves nothing to estimate"),
    "spline of a factor": ("z ~ bs(sex, df=4)", {}, None, FormulaError, "bs() takes numbers, but"),
    "offset of a factor": (
        "z ~ offset(sex)",
        {},
        None,
        DataError,
        "'sex' is text or labels: 'f' in",
    ),
    "a level as a number": ("z ~ log(sex)", {}, None, FormulaError, "log() takes numbers, but"),
    "two responses": ("z + t ~ x", {}, None, FormulaError, "The response must be one column"),
    "same effect twice": ("z ~ (1 | g) + (x | g)", {}, None, DataError, "appears in two terms"),
    "response on the right": ("z ~ z + x", {}, None, DataError, "is also a predictor"),
    # Priors
    "a label that is another value": (
        *("z ~ h", {"labels": {"h": {0: "1", 1: "2"}}}, None, SpecError),
        "another of its values",
    ),
    "centered is no bool": ("z ~ (1 | g)", {"centered": "no"}, None, SpecError, "True, False"),
    "exposure is no name": (
        *("n ~ x", {"family": "poisson", "exposure": [1.0, 2.0]}, None, SpecError),
        "names a column, but is a list",
    ),
    "per is no number": (
        *("n ~ x", {"family": "poisson", "exposure": "t", "per": True}, None, SpecError),
        "per=True",
    ),
    "exposure in an offset too": (
        *("n ~ x + offset(log(t))", {"family": "poisson", "exposure": "t"}, None, SpecError),
        "count twice",
    ),
    "unknown prior": ("z ~ x", {"priors": {"xx": REAL}}, None, SpecError, "priors= 'xx'. Did"),
    "prior of a lost level": ("z ~ sex", {"priors": {"sex[f]": REAL}}, None, SpecError, "sex[m]"),
    "no slopes": ("z ~ 1", {"priors": {"slopes": REAL}}, None, SpecError, "no parameter"),
    "no intercept": ("z ~ 0 + x", {"priors": {"Intercept": REAL}}, None, SpecError, "no parameter"),
    "no groups": ("z ~ x", {"priors": {"sd": POSITIVE}}, None, SpecError, "no parameter"),
    "wrong support": ("z ~ x", {"priors": {"x": POSITIVE}}, None, SpecError, "is real"),
    "wrong support of sd": (
        *("z ~ (1 | g)", {"priors": {"1|g": REAL}}, None, SpecError),
        "the parameter is positive",
    ),
    "uncorrelated": (
        *("z ~ (x || g)", {"priors": {"cor|g": Prior("LKJ", eta=1)}}, None, SpecError),
        "Unknown name in priors= 'cor|g'",
    ),
    # Missing and impossible numbers
    "nan": ("z ~ x", {}, put(x=holes(ROW, [1, 3])), DataError, "2 missing values (rows 1, 3)"),
    "none": ("z ~ (1 | g)", {}, put(g=holes(two("a", "b"), [5], None)), DataError, "(row 5)"),
    "infinite": ("z ~ x", {}, put(x=holes(ROW, [4], np.inf)), DataError, "infinite in row 4"),
    "infinite response": ("x ~ z", {}, put(x=holes(ROW, [4], -np.inf)), DataError, "infinite"),
    "infinite group": ("z ~ (1 | x)", {}, put(x=holes(ROW, [4], np.inf)), DataError, "infinite"),
    "log of 0": ("z ~ log(x)", {}, put(x=ROW), DataError, "'log(x)' is not finite in row 0"),
    "division by 0": ("z ~ I(1 / x)", {}, put(x=ROW), DataError, "is not finite in row 0"),
    "offset of 0": (
        "z ~ offset(log(x))",
        {},
        put(x=ROW),
        DataError,
        "'offset(log(x))' is not finite",
    ),
    "complex": ("z ~ x", {}, put(x=ROW + 1j), DataError, "holds complex numbers"),
    "no rows": ("z ~ x", {}, lambda data: data.iloc[:0], DataError, "has no rows"),
    "all missing": ("z ~ x", {"missing": "drop"}, put(x=np.nan), DataError, "No row is left"),
    "all missing, error": ("z ~ x", {}, put(x=np.nan), DataError, "12 missing values"),
    "more columns than rows": (
        *("z ~ x + t + h", {}, lambda data: data.iloc[:3], DataError),
        "cannot be told apart by 3 rows",
    ),
    # Responses
    "negative count": ("y ~ x", COUNT, put(y=ROW - 1), DataError, "but is -1 in row 0"),
    "fractional count": ("y ~ x", COUNT, put(y=ROW / 2), DataError, "exposure='...'"),
    "y > n": ("p(y, n) ~ x", TRIALS, put(n=3), DataError, "but is 4 of 3 in rows 4, 9"),
    "zero exposure": ("y ~ x", RATE, put(t=ROW), DataError, "'t' must be above 0, but is 0"),
    "negative exposure": ("y ~ x", RATE, put(t=ROW - 3), DataError, "but is -3 in rows 0, 1, 2, 3"),
    "missing exposure": ("y ~ x", RATE, put(t=holes(ROW + 1, [2])), DataError, "the exposure"),
    "exposure for gaussian": ("z ~ x", {"exposure": "t"}, None, SpecError, "belongs to counts"),
    "per alone": ("y ~ x", COUNT | {"per": 1000}, None, SpecError, "per=1000 needs an exposure"),
    "three classes": ("g ~ x", BINARY, None, DataError, "a factor with 3 levels (p, q, r)"),
    "two for binary": ("y ~ x", BINARY, None, DataError, "must be 0 or 1"),
    "proportion for poisson": ("p(y, n) ~ x", COUNT, None, SpecError, "is a proportion"),
    "no trials": ("y ~ x", TRIALS, None, SpecError, "needs its number of trials"),
    "constant response": ("z ~ x", {}, put(z=1.5), DataError, "'z' is 1.5 in every row"),
    # Levels
    "one level": ("z ~ sex", {}, put(sex="m"), DataError, "one level only ('m')"),
    "one group": ("z ~ (1 | g)", {}, put(g="a"), DataError, "Take (1 | g) out"),
    "one level left": (
        *("z ~ sex + x", {"missing": "drop"}, put(x=holes(ROW, ROW[::2])), DataError),
        "one level only ('m') in the rows used",
    ),
    "constant": ("z ~ x", {}, put(x=2), DataError, "cannot be told from the intercept"),
    "unlabelled value": (
        *("z ~ h", {"labels": {"h": {0: "a", 1: "b", 2: "c"}}}, None, DataError),
        "'h' has the value 3 (rows 3, 7, 11), for which labels=",
    ),
    "unknown reference": (
        *("z ~ sex", {"reference": {"sex": "M"}}, None, DataError),
        "names no level of 'sex'. Did you mean 'm'?",
    ),
    "composed and decomposed": (
        *("z ~ sex", {}, put(sex=two(COMPOSED, DECOMPOSED)), DataError),
        "two levels that look the same",
    ),
    "trailing blank": ("z ~ sex", {}, put(sex=two("a", "a ")), DataError, "look the same"),
    "inner blanks": ("z ~ sex", {}, put(sex=two("a b", "a  b")), DataError, "look the same"),
    "no-break space": ("z ~ sex", {}, put(sex=two("a b", "a\u00a0b")), DataError, "look the same"),
    "zero width": ("z ~ sex", {}, put(sex=two("ab", "a\u200bb")), DataError, "look the same"),
    "groups look the same": ("z ~ (1 | g)", {}, put(g=two("a", " a")), DataError, "look the same"),
    "long level": ("z ~ sex", {}, put(sex=two("a" * 121, "b")), DataError, "of 121 characters"),
    "control character": ("z ~ sex", {}, put(sex=two("a\x07", "b")), DataError, "unprintable"),
    "line break": ("z ~ (1 | g)", {}, put(g=two("a\nb", "b")), DataError, "unprintable"),
    "line separator": ("z ~ sex", {}, put(sex=two("a\u2028b", "b")), DataError, "unprintable"),
    "blank level": ("z ~ sex", {}, put(sex=two(" ", "b")), DataError, "blank"),
    "lists": ("z ~ k", {}, put(k=[[1]] * N), DataError, "values that name no level"),
    "dates": ("z ~ k", {}, put(k=DAYS), DataError, "'k' holds dates or times"),
    "dates as objects": (
        *("z ~ k", {}, put(k=[datetime.date(2020, 1, 1 + day) for day in range(N)]), DataError),
        "'k' holds dates or times",
    ),
    "periods": ("z ~ k", {}, put(k=DAYS.to_period("D")), DataError, "holds dates or times"),
    "durations": ("z ~ k", {}, put(k=DAYS - DAYS[0]), DataError, "holds dates or times"),
    # Columns that bear the name of something else in the model
    "named __obs__": ("z ~ `__obs__`", {}, put(__obs__=ROW), DataError, "name of a dimension"),
    "named sex_dim": ("z ~ sex + sex_dim", {}, put(sex_dim=ROW), DataError, "name of a dimension"),
    "named Intercept": ("z ~ Intercept", {}, put(Intercept=ROW), DataError, "or parameter"),
    "named sigma": ("z ~ sigma", {}, put(sigma=ROW), DataError, "or parameter"),
    "named as a column": (
        *("z ~ sex + `sex[m]`", {}, put(**{"sex[m]": ROW}), DataError),
        "Two columns of the model are named 'sex[m]'",
    ),
    "slash in a factor": ("z ~ (1 | `a/b`)", {}, put(**{"a/b": ROW % 3}), DataError, "slash"),
}


@pytest.mark.parametrize(
    ("formula", "options", "change", "kind", "fragment"), BAD.values(), ids=BAD
)
def test_bad_input(formula, options, change, kind, fragment):
    data = frame() if change is None else change(frame())
    with pytest.raises(BayesglmmError) as caught:
        choose_priors(make_design(specify(formula, **options), data))
    assert type(caught.value) is kind
    assert fragment in str(caught.value)


# What looks odd but is fine: (formula, options, change of the data)
FINE = {
    "non-ASCII levels": ("z ~ sex", {}, put(sex=two("größer", "小さい"))),
    "120 characters": ("z ~ sex", {}, put(sex=two("a" * 120, "b"))),
    "case differs": ("z ~ sex", {}, put(sex=two("a", "A"))),
    "unused duplicate": ("z ~ x", {}, lambda data: pd.concat([data, data[["n"]]], axis=1)),
    "unused bad column": ("z ~ x", {}, put(k=[[1]] * N, w=np.nan, d=DAYS)),
    "index of no meaning": ("z ~ x", {}, lambda data: data.set_index(ROW // 2)),
    "groups only": ("z ~ 0 + (1 | g)", {}, None),
    "all zero counts": ("y ~ x", COUNT, put(y=0)),
    "all successes": ("p(y, n) ~ x", TRIALS, put(y=9)),
    "one class": ("y ~ x", BINARY, put(y=1)),
    "prior of a level": ("z ~ sex", {"priors": {"sex[m]": REAL}}, None),
}


@pytest.mark.parametrize(("formula", "options", "change"), FINE.values(), ids=FINE)
def test_odd_but_fine(formula, options, change):
    data = frame() if change is None else change(frame())
    priors = choose_priors(make_design(specify(formula, **options), data))
    for chosen in priors.values():
        assert np.isfinite([value for _, value in chosen.prior.arguments]).all()
