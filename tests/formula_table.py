"""Formulas, and the rows that they are evaluated on.

`formulas.json` holds what formulae 0.6.2 gave when it evaluated our terms, before we did so
ourselves: names, order, references, parts, and a weighted sum of each column over the rows.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

TABLE = json.loads((Path(__file__).parent / "formulas.json").read_text(encoding="utf-8"))
ROW = np.arange(36)


def rows(place, x):
    """Rows with four factors and seven numbers; nothing about them is special."""

    def ordered(levels, codes):
        return pd.Categorical.from_codes(codes % len(levels), list(levels), ordered=True)

    return pd.DataFrame(
        {
            "x": x,
            "z": (place * 7) % 11 + 1.0,
            "w": np.cos(place * 1.7),
            "k": place % 3,
            "trt": (place // 2) % 2,
            "f": ordered("bca", place),
            "g": ordered("qp", place // 3),
            "h": ordered(["u", "25 - 39", "v, w"], place // 6),
            "m": ordered(["10", "2", "33"], place // 12),
            "a b": place**2 / 100,
            "x.1": np.sqrt(place),
            "Sum": ordered("st", place // 5),
        }
    )


DATA = rows(ROW, np.exp(np.sin(ROW)) + ROW / 5)
PLACE = np.array([4, 30, 17, 9, 23])
NEW = rows(PLACE, np.array([0.7, 9.5, 3.25, 2.0, 5.5]))  # 0.7 and 9.5 lie outside the data
