"""Intervals in the cells of their estimates, where a row holds several."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bayesglmm.report.blocks import table
from bayesglmm.report.html import FIGURE_SPACE, POINT_SPACE, html
from bayesglmm.tables import Table
from bayesglmm.tables.intervals import intervals


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["a", "lower", "upper"], {"a": ("lower", "upper")}),
        (["a", "lower", "upper", "b", "b lower", "b upper"], ["a", "b"]),
        (["risk difference", "difference lower", "difference upper"], ["risk difference"]),
        (["a", "upper", "lower"], []),
        (["a", "b lower", "c upper"], []),
        (["lower", "upper"], []),
        (["a", "rank from", "rank to"], []),
    ],
)
def test_pairs_are_found_by_name_and_place(columns, found):
    pairs = intervals(columns)
    assert pairs == found if isinstance(found, dict) else list(pairs) == found


def make_table(columns: list[str]) -> Table:
    frame = pd.DataFrame(
        [["x", 112.0, 15.0, 300.0, 3.25, 1.0, 4.0], ["y", 3.0, 1.0, 7.0] + [np.nan] * 3],
        columns=["", *columns],
    )
    return Table(frame, "t", kinds=dict.fromkeys(columns, "positive"))


SEVERAL = ["OR", "lower", "upper", "marginal", "marginal lower", "marginal upper"]


def test_several_estimates_hold_their_intervals():
    made = make_table(SEVERAL)
    shown = made.printed()
    assert list(shown) == ["", "OR", "marginal"]
    assert list(shown["OR"]) == ["112 (15 to 300)", "3.00 (1.0 to 7.0)"]
    assert list(shown["marginal"]) == ["3.25 (1.0 to 4.0)", ""]
    assert list(made.formatted()) == ["", *SEVERAL]
    for text in (repr(made), made.to_markdown(), made.to_latex(), made.to_html()):
        assert "112 (15 to 300)" in text.replace("\\", "")


def test_one_estimate_keeps_its_columns():
    made = make_table([*SEVERAL[:3], "a", "b", "c"])
    assert list(made.printed()) == list(made.formatted())


def test_the_estimates_of_a_page_stand_below_one_another():
    page = str(html([table(make_table(SEVERAL))]))
    assert f'<td class="e">112{POINT_SPACE}{FIGURE_SPACE * 2} <i>(15 to 300)</i></td>' in page
    assert f'<td class="e">{FIGURE_SPACE * 2}3.00 <i>(1.0 to 7.0)</i></td>' in page
    assert '<td class="e"></td>' in page
