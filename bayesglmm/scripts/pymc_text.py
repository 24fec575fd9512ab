"""Expressions of a graph as Python writes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.errors import SpecError

SIGNS = {"Add": " + ", "Sub": " - ", "Mul": " * ", "TrueDiv": " / ", "Pow": " ** "}

FUNCTIONS = {
    "Exp": "exp",
    "Log": "log",
    "Log1p": "log1p",
    "Expm1": "expm1",
    "Log1mexp": "log1mexp",
    "Sigmoid": "sigmoid",
    "Softplus": "softplus",
    "Sqrt": "sqrt",
    "Sqr": "square",
    "GammaLn": "gammaln",
    "Erf": "erf",
    "Erfc": "erfc",
    "Erfcx": "erfcx",
    "Abs": "abs",
    "Switch": "switch",
    "Maximum": "maximum",
    "Minimum": "minimum",
    "ScalarMaximum": "maximum",
    "ScalarMinimum": "minimum",
    "GT": "gt",
    "LT": "lt",
    "GE": "ge",
    "LE": "le",
}
"""Elementwise operations of PyTensor, and the functions that make them."""


def written(value: Any) -> str:
    """An expression of PyTensor as code.

    Parameters
    ----------
    value : TensorVariable or number
        Of named variables.

    Returns
    -------
    str

    Raises
    ------
    SpecError
        If there is an operation in it that has no word here.
    """
    owner = getattr(value, "owner", None)
    if owner is None:
        return _leaf(value)
    scalar = getattr(owner.op, "scalar_op", None)
    kind = type(owner.op if scalar is None else scalar).__name__
    parts = [written(one) for one in owner.inputs]
    if kind in ("DimShuffle", "Cast"):
        return parts[0]
    if kind in SIGNS:
        return f"({SIGNS[kind].join(parts)})"
    if kind == "Neg":
        return f"(-{parts[0]})"
    if kind == "Reciprocal":
        return f"(1 / {parts[0]})"
    if kind not in FUNCTIONS:
        raise SpecError(f"A script of PyMC has no word for {kind}, which this model needs.")
    return f"pt.{FUNCTIONS[kind]}({', '.join(parts)})"


def _leaf(value: Any) -> str:
    if getattr(value, "name", None):
        return str(value.name)
    data = np.asarray(getattr(value, "data", value), dtype=float).ravel()
    return repr(float(data[0]))


def bare(code: str) -> str:
    """Code without the parentheses around all of it."""
    inner = code[1:-1]
    if not (code.startswith("(") and code.endswith(")")):
        return code
    depth, least = 0, 0
    for sign in inner:
        depth += (sign == "(") - (sign == ")")
        least = min(least, depth)
    return inner if least == 0 else code
