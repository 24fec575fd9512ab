#!/usr/bin/env bash
# scipy 1.18.1: special.log_wright_bessel(a, 0, x), of which the density of Tweedie amounts is made, loses digits where it
# is large: at a = 19 and x = 1e80 it is off by 0.008, so that a density is off by 0.8 %, and the error grows from there.
# A relative error of 7e-7 is small for the function, not for its exponential. Below about 1,200 it has all digits.
#
# The series is summed here term by term in 50 digits of Python's decimal module: at a = 19 the gamma functions are
# factorials of whole numbers.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scipy==1.18.1 numpy==2.5.5
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from decimal import Decimal, getcontext
from math import factorial

from scipy.special import log_wright_bessel

getcontext().prec = 50


def exact(a: int, x: float) -> float:
    """Log of the sum over k from 1 of x^k / (k! Gamma(a k)), by terms that fall off from their largest."""
    peak = int((x / a**a) ** (1 / (1 + a)))
    width = 60 + 15 * int((peak / (1 + a)) ** 0.5)
    ks = range(max(1, peak - width), peak + width)
    at = Decimal(x)
    return float(sum(at**k / (factorial(k) * factorial(a * k - 1)) for k in ks).ln())


worst = 0.0
for a, x in ((19, 1e30), (19, 1e60), (19, 1e70), (19, 1e80)):
    found, right = float(log_wright_bessel(a, 0, x)), exact(a, x)
    worst = max(worst, abs(found - right))
    print(f"a = {a}, x = {x:.0e}: {found:.6f}, and right is {right:.6f}; density off by {found - right:+.1e}")
raise SystemExit(0 if worst > 1e-3 else 1)
PYTHON
