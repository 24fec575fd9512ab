#!/usr/bin/env bash
# pandas 3.1.1 makes the value labels of an SPSS file categories in the order of the alphabet, and those of a Stata
# file in the order of their codes. A model takes the first category as its reference, so that the same survey, saved
# by two programs, is compared with "high" or with "low".
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pandas==3.1.1 pyreadstat==1.3.7 numpy==2.5.5
"$folder/venv/bin/python" -W ignore - "$folder" <<'PYTHON'
import sys

import pandas as pd
import pyreadstat

folder = sys.argv[1]
data = pd.DataFrame({"effort": [1.0, 2.0, 3.0, 2.0]})
labels = {"effort": {1: "low", 2: "mid", 3: "high"}}
pyreadstat.write_sav(data, f"{folder}/survey.sav", variable_value_labels=labels)
pyreadstat.write_dta(data, f"{folder}/survey.dta", variable_value_labels=labels)
spss = pd.read_spss(f"{folder}/survey.sav")["effort"].cat.categories.tolist()
stata = pd.read_stata(f"{folder}/survey.dta")["effort"].cat.categories.tolist()
print("SPSS: ", spss)
print("Stata:", stata)
assert spss == ["high", "low", "mid"]
assert stata == ["low", "mid", "high"]
PYTHON
