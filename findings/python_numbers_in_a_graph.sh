#!/usr/bin/env bash
# PyTensor 3.3.7 makes a plain Python number a constant of the smallest float that holds it, so that 1e8 and 3.0 are
# float32 beside each other. PyMC 6.4.0 then gives a negative binomial with mean 3 and shape 1e8 the log probability
# 0.0 of no event, where it is -3; the same numbers as NumPy arrays give -3.0.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pymc==6.4.0 pytensor==3.3.7 numpy==2.5.5
"$folder/venv/bin/python" -W ignore - "$folder" <<'PYTHON'
import numpy as np
import pymc as pm

plain = pm.logp(pm.NegativeBinomial.dist(mu=3.0, alpha=1e8), 0).eval()
arrays = pm.logp(pm.NegativeBinomial.dist(mu=np.array(3.0), alpha=np.array(1e8)), 0).eval()
print("Python numbers:", plain)
print("NumPy numbers: ", arrays)
assert abs(arrays + 3.0) < 1e-6
assert abs(plain + 3.0) > 1.0
PYTHON
