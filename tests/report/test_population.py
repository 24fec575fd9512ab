"""The section on the population that the rows stand for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm.report import Material, material_of
from bayesglmm.report.resolution import shortfalls
from bayesglmm.report.sections.population import population
from bayesglmm.tables import Table


def material(truth: str = "", levels: str = "ab<") -> Material:
    rows = pd.DataFrame({"y": [0, 1, 1, 1] * 5, "g": list("aabb") * 5})
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", rows, family="bernoulli"))
    frame = pd.DataFrame({"g": list(levels), "N": np.arange(len(levels)) + 1, "t": 0.5})
    frame.attrs["caveats"] = ("Turnout <differs>.",)
    made = material_of(fit)
    return replace(made, population=bg.Population(frame, "g", "N", truth))


def test_no_population_no_section():
    assert population(replace(material(), population=None)) is None


@pytest.mark.parametrize("truth", ["", "t"])
def test_section(truth):
    section = population(material(truth))
    assert section is not None
    text = str(section.body)
    assert "averaged over 3 cells" in text
    assert "1 of them have no rows" in text
    assert "Turnout &lt;differs&gt;." in text
    assert "<svg" in text
    assert ("Estimates against the truth" in text) == bool(truth)
    assert ("poststratified, levels without rows" in text) == bool(truth)


def test_every_level_has_rows():
    section = population(material("t", levels="ab"))
    assert section is not None
    assert "levels without rows" not in str(section.body)
    assert "no rows" not in str(section.body)


def test_cells_that_the_model_cannot_speak_of_are_told():
    rows = pd.DataFrame({"y": [0, 1, 1, 1] * 5, "g": list("aabb") * 5})
    fit = make_fit(bg.Model("y ~ g", rows, family="bernoulli"))
    made = material_of(fit)
    section = population(replace(made, population=material().population))
    assert section is not None
    assert "cannot be averaged over the population" in section.body
    assert "which the model has never seen" in section.body


def test_estimates_are_judged_as_other_tables_are():
    """Where more effective draws were asked for than the table has, the methods say it."""
    made = material()
    settings = replace(made.draws.settings, ess=1_000_000, draws=None)
    made = replace(made, draws=replace(made.draws, settings=settings))
    assert isinstance(made.poststratified, Table)
    assert any(table is made.poststratified for table in made.tables)
    assert any(text.startswith(made.poststratified.caption) for text in shortfalls(made))


def test_a_spec_file_brings_its_population(tmp_path):
    path = tmp_path / "spec.py"
    path.write_text(
        "import pandas as pd\nimport bayesglmm as bg\nmodel = bg.specify('y ~ 1')\n"
        "def population():\n"
        "    return bg.Population(pd.DataFrame({'g': ['a'], 'N': [1]}), 'g', 'N')\n",
        encoding="utf-8",
    )
    found = bg.read_study(path).extras()
    assert list(found) == ["population"]
    assert found["population"].weights == "N"


def test_the_report_holds_the_section(tmp_path):
    made = material("t")
    assert made.population is not None
    rows = made.design.given
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", rows, family="bernoulli"))
    page = fit.report(tmp_path / "r.html", population=made.population).read_text(encoding="utf-8")
    assert 'id="population"' in page
    assert 'id="population"' not in fit.report(tmp_path / "s.html").read_text(encoding="utf-8")
