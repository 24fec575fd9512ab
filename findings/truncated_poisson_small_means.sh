#!/usr/bin/env bash
# PyMC 6.4.0: a Poisson count truncated to 1 and more is 1 with probability near 1 where its mean is small: its log
# probability is -mean/2. Truncated gives -0.10 at a mean of 1e-16 and +inf at 1e-17, and HurdlePoisson likewise,
# because the log of one minus exp(-mean) is taken of a rounded number.
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


def log_probability(mean):
    count = pm.Truncated.dist(pm.Poisson.dist(mu=np.array(mean)), lower=1)
    return float(pm.logp(count, 1).eval())


found = {mean: log_probability(mean) for mean in (1e-8, 1e-16, 1e-17)}
print(found)
assert abs(found[1e-8]) < 1e-7
assert found[1e-16] < -0.05
assert found[1e-17] == np.inf
PYTHON
