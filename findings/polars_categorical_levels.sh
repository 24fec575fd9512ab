#!/usr/bin/env bash
# polars 2.1.0 compares and sorts a Categorical by its text, and to_pandas gives its categories in the order in which
# they first occur. A model that takes the first level as the reference compares with another arm than polars would
# put first, and with another one again where rows are in another order.
#
# Needs a network or a cache of packages. Ends with 0 where this is still so, with 1 where it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet polars==2.1.0 pandas==3.1.1 pyarrow==26.0.1 numpy==2.5.5
"$folder/venv/bin/python" -W ignore - "$folder" <<'PYTHON'
import polars as pl

arm = pl.Series("arm", ["placebo", "active", "placebo"], dtype=pl.Categorical)
data = pl.DataFrame(arm)
sorted_first = data.sort("arm")["arm"][0]
categories = data.to_pandas()["arm"].cat.categories.tolist()
print("first after sorting:  ", sorted_first)
print("categories in pandas: ", categories)
assert sorted_first == "active"
assert categories == ["placebo", "active"]
PYTHON
