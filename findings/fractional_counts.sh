#!/usr/bin/env bash
# PyMC 6.4.0 cuts an observed count of 2.9 to 2, without a word: the log probability is that of 2. Rates or shares
# that are passed as counts by mistake are fitted as other numbers than the data hold.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pymc==6.4.0 pytensor==3.3.7 numpy==2.5.5
"$folder/venv/bin/python" -W ignore - "$folder" <<'PYTHON'
import pymc as pm

with pm.Model() as model:
    pm.Poisson("events", mu=2.0, observed=[2.9])
given = float(model.compile_logp()({}))
of_two = float(pm.logp(pm.Poisson.dist(2.0), 2).eval())
print("observed 2.9:", given, " count of 2:", of_two)
assert given == of_two
PYTHON
