"""Figures as SVG: whole, repeatable, with text as data, not as markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from bayesglmm.report.figures.canvas import INK, figure, to_svg
from bayesglmm.report.figures.forest import LABELLED, forest
from bayesglmm.report.figures.replicates import replicates

SVG = "{http://www.w3.org/2000/svg}"


def make_forest(labels=("a", "b", "c"), **options) -> str:
    centers = np.linspace(0.5, 2, len(labels))
    fixed = {"reference": 1.0, "log": True, "axis": "odds ratio"}
    return forest(labels, centers, centers / 1.5, centers * 1.5, **(fixed | options))


def comments(svg: str) -> list[str]:
    """The texts drawn: matplotlib draws letters as shapes and names them in comments."""
    return [text.strip() for text in re.findall(r"<!--(.*?)-->", svg, flags=re.DOTALL)]


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("count", [1, 3, 40, LABELLED + 1])
def test_forest_is_well_formed_and_scales(count, log):
    svg = make_forest([f"level {place}" for place in range(count)], log=log)
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert "viewBox" in root.attrib
    assert not {"width", "height"} & set(root.attrib)
    named = [text for text in comments(svg) if text.startswith("level")]
    assert len(named) == (count if count <= LABELLED else 0)


def test_first_estimate_on_top():
    svg = make_forest(["first", "second", "third"])
    heights = {}
    for text in ("first", "second", "third"):
        rest = svg[svg.index(f"<!-- {text} -->") :]
        heights[text] = float(re.search(r"translate\([\d.-]+ ([\d.-]+)\)", rest).group(1))
    assert heights["first"] < heights["second"] < heights["third"]


@pytest.mark.parametrize(
    "label", ["$10k-$20k", "$_^$", "a_b^c", "<b>&", "--><script>", "\\frac", "50 %"]
)
def test_labels_are_text_and_not_mathematics_or_markup(label):
    svg = make_forest([label, "b"], axis=f"odds of {label}")
    ElementTree.fromstring(svg)
    assert "<script" not in svg
    assert "<b>" not in svg
    drawn = [text.replace("&lt;", "<").replace("&gt;", ">") for text in comments(svg)]
    if "--" not in label:
        assert label.replace("&", "&amp;") in drawn


def test_a_dollar_sign_is_drawn():
    # In mathematics, $ab$ would be two letters; as text it is four.
    letters = make_forest(["$ab$", "b"]).split("<!-- $ab$ -->")[1].split("</g>")[0]
    assert letters.count("<use") == 4


def test_colour_of_the_page_and_nothing_from_outside():
    svg = make_forest()
    assert "currentColor" in svg
    assert INK not in svg
    assert "<metadata" not in svg
    assert not re.search(r'(?:href|src)="(?!#)', svg)


def test_raw_effects_that_are_not_finite_are_left_out():
    finite = make_forest(raw=np.array([0.5, 1.0, 2.0]))
    holes = make_forest(raw=np.array([0.5, np.inf, np.nan]))
    none = make_forest()
    assert finite.count("<use") - none.count("<use") == 3
    assert holes.count("<use") - none.count("<use") == 1


def test_replicates_draw_one_panel_each():
    rng = np.random.default_rng(3)
    statistics = {name: (0.0, rng.normal(size=100)) for name in ("mean", "sd", "x $1 to $2")}
    svg = replicates(statistics)
    root = ElementTree.fromstring(svg)
    panels = [item for item in root.iter(f"{SVG}g") if item.get("id", "").startswith("axes_")]
    assert len(panels) == 3
    assert set(statistics) <= set(comments(svg))


@pytest.mark.parametrize(
    "draw", [make_forest, lambda: replicates({"mean": (0.0, np.arange(50.0))})]
)
def test_the_same_figure_twice(draw):
    assert draw() == draw()


def test_style_does_not_leak():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with figure(2, 2) as drawn:
        drawn.subplots().plot([0, 1])
        to_svg(drawn)
    assert dict(mpl.rcParams) == before
