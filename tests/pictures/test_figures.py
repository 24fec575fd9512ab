"""Figures as SVG: whole, repeatable, with text as data, not as markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from seeds import generator

from bayesglmm.errors import SpecError
from bayesglmm.pictures.canvas import INK, SECOND, figure, to_svg
from bayesglmm.pictures.forest import LABELLED, forest
from bayesglmm.pictures.means import means
from bayesglmm.pictures.picture import DOTS, Picture
from bayesglmm.pictures.replicates import replicates

SVG = "{http://www.w3.org/2000/svg}"


def make_forest(labels=("a", "b", "c"), **options) -> str:
    centers = np.linspace(0.5, 2, len(labels))
    fixed = {"reference": 1.0, "log": True, "axis": "odds ratio"}
    return to_svg(forest(labels, centers, centers / 1.5, centers * 1.5, **(fixed | options)))


def texts(svg: str) -> list[str]:
    """The texts drawn."""
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("count", [1, 3, 40, LABELLED + 1])
def test_forest_is_well_formed_and_scales(count, log):
    svg = make_forest([f"level {place}" for place in range(count)], log=log)
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert "viewBox" in root.attrib
    assert not {"width", "height"} & set(root.attrib)
    named = [text for text in texts(svg) if text.startswith("level")]
    assert len(named) == (count if count <= LABELLED else 0)


def test_first_estimate_on_top():
    svg = make_forest(["first", "second", "third"])
    heights = {}
    for text in ("first", "second", "third"):
        heights[text] = float(re.search(rf'y="([\d.]+)">{text}<', svg).group(1))
    assert heights["first"] < heights["second"] < heights["third"]


@pytest.mark.parametrize(
    "label", ["$10k-$20k", "$_^$", "a_b^c", "<b>&", "--><script>", "\\frac", "50 %"]
)
def test_labels_are_text_and_not_mathematics_or_markup(label):
    svg = make_forest([label, "b"], axis=f"odds of {label}")
    ElementTree.fromstring(svg)
    assert "<script" not in svg
    assert "<b>" not in svg
    assert label in texts(svg)
    assert f"odds of {label}" in texts(svg)


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
    rng = generator(3)
    statistics = {name: (0.0, rng.normal(size=100)) for name in ("mean", "sd", "x $1 to $2")}
    svg = replicates(statistics).svg
    assert set(statistics) <= set(texts(svg))
    assert svg.count(f"stroke: {SECOND}") == 3  # the observed value in each panel


@pytest.mark.parametrize(
    "draw", [make_forest, lambda: replicates({"mean": (0.0, np.arange(50.0))}).svg]
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


def test_identifiers_of_two_figures_differ_and_references_hold():
    svgs = [make_forest(), make_forest(["x", "y", "z"])]
    found = [set(re.findall(r'id="([^"]+)"', svg)) for svg in svgs]
    assert found[0]
    assert not found[0] & found[1]
    for svg, own in zip(svgs, found, strict=True):
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', svg)) == own


def test_a_number_in_a_label_keeps_its_digits():
    assert "0.123456" in texts(make_forest(["0.123456", "b"]))
    assert 'x="0.98765"' in texts(make_forest(["0.123456", 'x="0.98765"']))


def make_picture(caption: str = "three effects") -> Picture:
    with figure(4, 2) as drawn:
        drawn.subplots().plot([0, 1])
        return Picture(drawn, caption, "A line from 0 to 1 & <up>.")


def test_a_picture_shows_saves_and_escapes(tmp_path):
    picture = make_picture('effects of <b> & "c"')
    html = picture._repr_html_()
    assert "effects of &lt;b&gt; &amp; &quot;c&quot;" in html
    assert "<b>" not in html
    path = picture.save(tmp_path / "deep" / "f.svg")
    root = ElementTree.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}desc").text == picture.description
    assert picture.description == 'effects of <b> & "c" A line from 0 to 1 & <up>.'
    assert 'aria-label="A line from 0 to 1 &amp; &lt;up&gt;."' in html
    assert repr(picture) == f"Picture: {picture.description}"


FIRST = {"f.svg": b"<?xml", "f.png": b"\x89PNG\r\n", "f.PDF": b"%PDF-"}


@pytest.mark.parametrize("name", FIRST)
def test_a_picture_is_saved_in_the_format_that_its_name_ends_in(tmp_path, name):
    paths = [make_picture().save(tmp_path / place / name) for place in ("a", "b")]
    first, second = (path.read_bytes() for path in paths)
    assert first.startswith(FIRST[name])
    assert first == second
    assert b"three effects" in first


def test_a_png_is_black_on_white_and_as_wide_as_the_figure(tmp_path):
    from matplotlib.image import imread

    pixels = imread(make_picture().save(tmp_path / "f.png"))
    assert pixels.shape[:2] == (2 * DOTS, 4 * DOTS)
    assert (pixels[0, 0] == 1).all()
    assert (pixels[..., 3] == 1).all()
    assert pixels[..., :3].max(axis=2).min() < 0.1  # the ink of the axes


@pytest.mark.parametrize("name", ["figure", "figure.jpg", "figure.svg.gz", ".png"])
def test_a_picture_is_not_saved_under_another_name(tmp_path, name):
    with pytest.raises(SpecError, match=r"End it in one of: \.svg, \.png, \.pdf\."):
        make_picture().save(tmp_path / "new" / name)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("names", [("typical", "marginal"), ("",)])
def test_means_of_cells_are_well_formed_and_named(names):
    values = np.array([0.1, 0.4])
    series = dict.fromkeys(names, (values, values - 0.1, values + 0.1))
    labels = ["$a_b$ · <b>&", "a level of a name that is far too long for one line of the figure"]
    svg = to_svg(means(labels, series, "probability"))
    ElementTree.fromstring(svg)
    drawn = " ".join(texts(svg))
    assert "$a_b$ · <b>&" in drawn
    assert "of the figure" in drawn
    assert ("marginal" in drawn) == (len(names) > 1)
