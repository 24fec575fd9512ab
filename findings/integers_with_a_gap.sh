#!/usr/bin/env bash
# pyreadstat 1.3.7 gives whole numbers of a Stata file with a missing value as a column of Python objects, ints
# beside a NaN; pandas.read_stata gives floats for the same file. A package that takes columns of objects for
# factors makes a level of every number.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyreadstat==1.3.7 pandas==3.1.1 numpy==2.5.5
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys

import pandas as pd
import pyreadstat

path = f"{sys.argv[1]}/visits.dta"
pd.DataFrame({"visits": pd.array([3, None, 5, 12], dtype="Int16")}).to_stata(path, write_index=False)
read, _ = pyreadstat.read_dta(path)
by_pandas = pd.read_stata(path)
print("pyreadstat:", read["visits"].dtype, [type(value).__name__ for value in read["visits"]])
print("pandas:    ", by_pandas["visits"].dtype)
assert read["visits"].dtype == object
assert by_pandas["visits"].dtype.kind == "f"
PYTHON
