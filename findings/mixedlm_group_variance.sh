#!/usr/bin/env bash
# statsmodels 0.15.0: params["g Var"] of a mixed linear model is the variance between groups divided by the residual
# variance, while cov_re is the variance itself; summary() prints the latter under the same name.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet statsmodels==0.15.0 pandas==3.1.1 numpy==2.5.5 scipy==1.18.1
"$folder/venv/bin/python" -W ignore - "$folder" <<'PYTHON'
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

rng = np.random.default_rng(1)
group = np.repeat(np.arange(60), 10)
y = 1 + rng.normal(0, 2, 60)[group] + rng.normal(0, 4, 600)
fit = smf.mixedlm("y ~ 1", pd.DataFrame({"y": y, "g": group}), groups="g").fit()
relative, absolute = fit.params["g Var"], fit.cov_re.iloc[0, 0]
print("params:", relative, " cov_re:", absolute, " residual variance:", fit.scale)
assert abs(relative * fit.scale - absolute) < 1e-6 * absolute
assert absolute > 5 * relative
PYTHON
