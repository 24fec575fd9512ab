"""Functions that a formula may call, and what to write for those of other packages."""

from __future__ import annotations

from bayesglmm.errors import nearest
from bayesglmm.spec.suppression import CALL

NUMPY_FUNCTIONS = ("abs", "exp", "expm1", "log", "log10", "log1p", "log2", "sqrt")
"""Functions of NumPy that a formula may call by their bare names."""

CODINGS = ("Treatment", "Sum")
"""Codings of a factor: functions where they are called, or stand in ``C(f, Sum)``."""

CODED = ("C", "factor", "S", "T")
"""Functions that make a factor of a column."""

TRANSFORMS = (
    "B",
    "C",
    "I",
    "S",
    "T",
    "binary",
    "bs",
    "center",
    "factor",
    "offset",
    "p",
    "poly",
    "scale",
    "standardize",
)
"""Functions with a meaning of their own in a formula."""

RESPONSES = ("p", CALL, "censored", "truncated")
"""Functions that make a response, and stand left of the tilde only."""

FUNCTIONS = tuple(dict.fromkeys((*NUMPY_FUNCTIONS, *TRANSFORMS, *CODINGS, *RESPONSES)))
"""All of them."""

_SMOOTH = "There are no penalised smooths. Write bs(x, df=5) for a spline, or poly(x, 2)."
_FACTOR = "Write C(x) for a factor; choose its reference with reference={'x': ...}."
_TRIALS = (
    "Write p(k, n) with family='binomial' for k successes of n trials; n is a column "
    "(for cbind(k, m) make it first: n = k + m)."
)
_CENSORED = "Write censored(y, status) for a column of 'none', 'left' and 'right'."
_TRUNCATED = "Write truncated(y, lower, upper), None where there is no bound."
_SURVIVAL = "Write censored(time, 'right', lost), where lost is true in rows without an event."
_NUMBER = "A column of numbers is a number already: write x."
_OWN = "Make a column of it in the data before the call."

_ELSEWHERE = {
    **dict.fromkeys(("s", "te", "ti", "t2", "lo", "loess", "gp", "hsgp"), _SMOOTH),
    **dict.fromkeys(("ns", "rcs", "cr", "cc", "pspline"), "Write bs(x, df=5) for a spline."),
    **dict.fromkeys(("as.factor", "ordered", "as.ordered", "relevel", "fct_relevel"), _FACTOR),
    **dict.fromkeys(("as.numeric", "as.integer", "numeric"), _NUMBER),
    **dict.fromkeys(("cbind", "prop", "proportion", "trials", "Binomial"), _TRIALS),
    "cens": _CENSORED,
    **dict.fromkeys(("trunc", "constrained"), _TRUNCATED),
    **dict.fromkeys(("Surv", "surv", "strata"), _SURVIVAL),
    **dict.fromkeys(("ifelse", "where", "cut", "pmin", "pmax", "lag", "diff", "mean"), _OWN),
    **dict.fromkeys(("min", "max", "round", "floor", "ceil", "sin", "cos", "tan"), _OWN),
    "c": "Write a list in brackets: [1, 2].",
    "ln": "Write log(x), the natural logarithm.",
    "square": "Write I(x**2).",
    "pow": "Write I(x**2).",
    "power": "Write I(x**2).",
    "logit": "Write I(log(x/(1 - x))).",
    "re": "Write (1 | g) for effects of groups.",
    "mo": "There are no monotonic effects. Write C(x) for a factor of ordered levels.",
    "Q": "Quote a column with an unusual name: `column name`.",
    "weights": "Write weights='w' beside the formula.",
    "se": "Write se='s' beside the formula, for a column s of known standard errors.",
    "z": "Write scale(x).",
    "standardise": "Write standardize(x).",
    "exposure": "Write exposure='x' beside the formula, or offset(log(x)) in it.",
}


def no_function(name: str) -> str:
    """What to write for a function that a formula has not.

    Parameters
    ----------
    name : str
        As written, such as ``"cbind"``.

    Returns
    -------
    str
        By its meaning where it is known, else the nearest name.
    """
    meant = _ELSEWHERE.get(name.removeprefix("np."))
    if meant is not None:
        return meant
    found = nearest(name, FUNCTIONS)
    if found.startswith("Did you"):
        return found
    return f"{found} If {name} is a column, put an operator before the bracket: {name}*( ... )."
