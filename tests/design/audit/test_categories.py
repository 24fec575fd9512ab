"""Categories of the response that no row, or hardly one, has."""

from __future__ import annotations

import numpy as np
import pandas as pd
from audit_maker import look, one

WORDS = ["never", "seldom", "often", "always"]


def rows(sizes: tuple[int, ...]) -> pd.DataFrame:
    code = np.repeat(np.arange(4), sizes)
    word = pd.Categorical(np.array(WORDS)[code], categories=WORDS, ordered=True)
    x = np.random.default_rng(2).normal(size=len(code))  # a worked example
    return pd.DataFrame({"word": word, "text": np.array(WORDS)[code], "code": code + 1, "x": x})


def test_categories_that_no_row_has():
    data = rows((20, 0, 20, 20))
    for formula, options, said in (
        ("word ~ x", {}, "'seldom'"),
        ("text ~ x", {"labels": {"text": WORDS}}, "'seldom'"),
        ("code ~ x", {}, "'2'"),
    ):
        found = one(look(formula, data, family="cumulative", **options), "CATEGORY")
        assert f"No row used has these categories of {formula[:4]}: {said}." in found.sentence


def test_categories_of_one_or_two_rows():
    data = rows((20, 2, 20, 1))
    found = one(look("word ~ x", data, family="cumulative"), "CATEGORY")
    assert "'seldom' in 2, 'always' in 1" in found.sentence
    assert found.rows == (20, 21, 42)


def test_enough_of_each():
    data = rows((20, 3, 20, 20))
    found = look("word ~ x", data, family="sequential")
    assert "CATEGORY" not in found.codes
    assert "CATEGORY" not in look("text ~ x", data, family="categorical").codes
