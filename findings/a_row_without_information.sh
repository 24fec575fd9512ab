#!/usr/bin/env bash
# arviz-stats 1.3.3: leave-one-out cross-validation of a whole model raises where the log likelihood of one row is the
# same in every draw, as that of a binomial row with no trials, or of a censored count whose bounds hold all counts.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet arviz==1.3.0 arviz-stats==1.3.3 xarray==2026.9.0 numpy==2.5.5
"$folder/venv/bin/python" -W ignore - "$folder" <<'PYTHON'
import arviz as az
import numpy as np

rng = np.random.default_rng(1)
log_likelihood = rng.normal(-1.0, 0.3, size=(4, 500, 5))
posterior = {"mu": rng.normal(size=(4, 500))}
fine = az.from_dict({"posterior": posterior, "log_likelihood": {"y": log_likelihood}})
print("all rows tell something:", az.loo(fine).elpd)
log_likelihood[:, :, 2] = 0.0
one = az.from_dict({"posterior": posterior, "log_likelihood": {"y": log_likelihood}})
try:
    az.loo(one)
except ValueError as error:
    print("one row tells nothing:  ", error)
else:
    raise SystemExit("it does not raise any more")
PYTHON
