#!/usr/bin/env bash
# marginaleffects 0.6.1 for Python counts the rows of a hypothesis from b0; the R package of the same name from b1. So
# "b1 = b2", copied from R, is read without a word and compares the second row with the third.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet marginaleffects==0.6.1 statsmodels==0.15.0 pandas==3.1.1 polars==1.44.2
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import marginaleffects as me
import polars as pl
import statsmodels.formula.api as smf

arms = pl.Series(["a", "a", "b", "b", "c", "c"], dtype=pl.Enum(["a", "b", "c"]))
data = pl.DataFrame({"y": [1.0, 2, 4, 5, 10, 12], "arm": arms})
model = smf.ols("y ~ arm", data.to_pandas()).fit()
means = me.avg_predictions(model, by="arm")["estimate"].to_list()
found = me.avg_predictions(model, by="arm", hypothesis="b1 = b2")["estimate"].to_list()[0]
print("means of a, b, c:        ", [round(mean, 2) for mean in means])
print("estimate of 'b1 = b2':   ", round(found, 2))
print("first row less second:   ", round(means[0] - means[1], 2))
print("second row less third:   ", round(means[1] - means[2], 2))
assert abs(found - (means[1] - means[2])) < 1e-8
PYTHON
