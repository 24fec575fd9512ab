#!/usr/bin/env bash
# formulae 0.6.2 reads a formula up to the first token that cannot follow, and drops the rest in silence: a
# forgotten operator gives a smaller model, and a forgotten plus before offset() no offset. It also takes -x**2
# for (-x)**2, and its splines give numbers far beyond their outermost knots where patsy raises an error.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet formulae==0.6.2 numpy==2.5.5 pandas==3.1.1 scipy==1.18.1
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import pandas as pd
from formulae import design_matrices

data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "x": [1.0, 2.0, 3.0, 5.0], "z": [2.0, 1.0, 4.0, 3.0]})


def terms(text):
    return list(design_matrices(text, data).common.terms)


seen = {text: terms(text) for text in ("y ~ x z", "y ~ x, z", "y ~ 1 x", "y ~ x offset(log(z))")}
for text, found in seen.items():
    print(f"{text:24}{found}")
assert seen["y ~ x z"] == seen["y ~ x, z"] == seen["y ~ x offset(log(z))"] == ["Intercept", "x"]
assert seen["y ~ 1 x"] == ["Intercept"]

square = design_matrices("y ~ 0 + I(-x**2)", data).common.design_matrix[:, 0]
print("I(-x**2)", square)
assert np.array_equal(square, data["x"] ** 2)

spline = design_matrices("y ~ 0 + bs(x, df=3)", data).common
beyond = spline.evaluate_new_data(pd.DataFrame({"x": [1000.0]})).design_matrix
print("bs(x, df=3) at x = 1000, fitted to 1 to 5:", beyond)
assert np.abs(beyond).max() > 1e6
PYTHON
