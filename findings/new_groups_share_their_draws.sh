#!/usr/bin/env bash
# bambi 0.21.0 gives all groups of a prediction that the data do not have the same draws of their effects: two new
# groups differ by nothing in any draw, and an interval of their difference, or of a mean over many, is of one group.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet bambi==0.21.0 pymc==6.4.0 pytensor==3.3.7 arviz==1.3.0 formulae==0.6.2 pandas==3.1.1 numpy==2.5.5
"$folder/venv/bin/python" -W ignore - "$folder" <<'PYTHON'
import bambi as bmb
import numpy as np
import pandas as pd

rng = np.random.default_rng(1)
group = np.repeat([f"g{k:02d}" for k in range(20)], 10)
data = pd.DataFrame({"g": group, "y": np.repeat(rng.normal(0, 2, 20), 10) + rng.normal(size=200)})
model = bmb.Model("y ~ 1 + (1 | g)", data)
idata = model.fit(draws=100, tune=200, chains=2, progressbar=False, random_seed=1)
new = pd.DataFrame({"g": ["a new one", "another"]})
found = model.predict(
    idata, data=new, kind="response_params", sample_new_groups=True, inplace=False
)
means = found.posterior["mu"].to_numpy().reshape(-1, 2)
print("sd of each over draws:", means.std(axis=0), " largest difference:", np.ptp(means, axis=1).max())
assert means.std(axis=0).min() > 1.0
assert np.ptp(means, axis=1).max() == 0.0
PYTHON
