#!/usr/bin/env bash
# PyMC 6.4.0 takes the probability of the highest category of an ordered logistic response as one minus that of all
# below. At a linear predictor of -36 it is exp(-37) = 8.5e-17, and its log is given as -inf; that of the lowest
# category at +36 keeps all its digits. A sampler that starts there sees an impossible response.
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


def log_probability(eta, category):
    cutpoints = np.array([-1.0, 1.0])
    response = pm.OrderedLogistic.dist(eta=np.array(eta), cutpoints=cutpoints, compute_p=False)
    return float(pm.logp(response, category).eval())


lowest, highest = log_probability(36.0, 0), log_probability(-36.0, 2)
print("lowest category at 36:  ", lowest)
print("highest category at -36:", highest)
assert abs(lowest + 37.0) < 1e-6
assert highest == -np.inf
PYTHON
