#!/usr/bin/env bash
# formulae 0.6.2 evaluates a B-spline basis at new values outside the knots by extending its cubic pieces, without a
# word: at ten times the largest value seen a column of the basis reaches 37,807, so that predictions there are
# decided by the fourth digit of a coefficient. patsy and formulaic refuse such values.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet formulae==0.6.2 pandas==3.1.1 numpy==2.5.5 scipy==1.18.1
"$folder/venv/bin/python" -W ignore - "$folder" <<'PYTHON'
import formulae
import numpy as np
import pandas as pd

data = pd.DataFrame({"y": np.zeros(50), "x": np.linspace(0, 1, 50)})
design = formulae.design_matrices("y ~ bs(x, df=5)", data)
new = design.common.evaluate_new_data(pd.DataFrame({"x": [1.0, 1.5, 10.0]}))
largest = np.abs(np.asarray(new)).max(axis=1)
print("largest column at 1, 1.5 and 10:", largest)
assert largest[0] <= 1.0 + 1e-9
assert largest[2] > 10_000
PYTHON
