"""What stands first in a summary, and what is counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import (
    binary_fit,
    count_fit,
    count_rows,
    make_fit,
    normal_fit,
    with_posterior,
)

import bayesglmm as bg
from bayesglmm.engine import Run
from bayesglmm.posterior.summary import row_flow, summary

RUN = Run("by hand", "1", {}, 0)


@pytest.mark.parametrize(
    ("make", "captions"),
    [
        (count_fit, ["Fixed effects: incidence-rate ratio", "Random part"]),
        (normal_fit, ["Fixed effects: difference in means", "Random part"]),
        (binary_fit, ["Fixed effects: odds ratio", "Random part"]),
    ],
)
def test_tables_in_order(make, captions):
    fit = make()
    found = summary(fit.posterior)
    assert [table.caption for table in found.tables[1:]] == captions
    assert fit.design.spec.formula.text in found.tables[0].caption
    assert found.heading == ""
    assert repr(fit.table()) == repr(found) == repr(fit)
    assert fit._repr_html_() == found._repr_html_()


def test_no_random_part_where_there_is_none():
    rows = pd.DataFrame({"y": [1, 2, 3, 4], "x": [0.0, 1, 2, 4]})
    fit = make_fit(bg.Model("y ~ x", rows, family="poisson"))
    assert len(fit.table().tables) == 2


def test_a_failed_verdict_heads_the_summary():
    fit = normal_fit()
    x = fit.draws.posterior["x"].to_numpy().copy()
    x[0] += 1
    bad = with_posterior(fit, {"x": x})
    assert repr(bad).startswith("The fit has NOT converged: R-hat")


def test_rows_and_groups_are_counted():
    rows = count_rows().assign(x=lambda data: data["x"].where(data.index != 3))
    rows.loc[rows["site"] == "site F", "x"] = np.nan
    model = bg.Model("events ~ x + (1 | site) + (1 | year)", rows, family="poisson", missing="drop")
    table = row_flow(model.design, RUN)
    found = table.frame.set_index("")["N"]
    dropped = 16 + 1  # 16 rows of site F, and row 3 of site D
    assert found.to_dict() == {
        "rows read": 96,
        "rows dropped": dropped,
        "observations": 96 - dropped,
        "groups of site": 5,
        "groups of year": 4,
    }
    notes = " ".join(table.notes)
    assert "'x' is missing in 17: rows 3, 5, 11, 17, 23 and 12 more." in notes
    assert "1 site level has no rows: site F." in notes


def test_a_factor_with_two_terms_is_counted_once():
    model = bg.Model("events ~ (1 + x || site)", count_rows(), family="poisson")
    assert list(row_flow(model.design, RUN).frame[""]).count("groups of site") == 1


def test_an_incomplete_run_says_so_in_every_summary():
    fit = count_fit()
    assert "incomplete" not in repr(fit)
    run = replace(fit.engine, stopped="interrupted by the user")
    stopped = replace(fit, draws=replace(fit.draws, run=run))
    for text in (repr(stopped), stopped._repr_html_()):
        assert "The run is incomplete: interrupted by the user." in text


def test_mass_reaches_every_table():
    text = repr(count_fit().table(mass=0.5))
    assert text.count("50 % equal-tailed") == 2
    assert "95 %" not in text
