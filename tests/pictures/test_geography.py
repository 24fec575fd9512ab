"""Outlines, maps, and the other figures of groups."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import DatasetError, SpecError
from bayesglmm.pictures.canvas import to_svg
from bayesglmm.pictures.map import MapPanel, choropleth
from bayesglmm.pictures.ranks import rank_plot
from bayesglmm.pictures.shrinkage import shrinkage_plot
from bayesglmm.report import Material, material_of
from bayesglmm.report.group_prose import extremes, spread_sentence
from bayesglmm.report.sections.groups import groups

SVG = "{http://www.w3.org/2000/svg}"


def square(west: float, south: float, size: float = 1.0) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def make_geojson(names: list[str], key: str = "name") -> dict:
    features = [
        {
            "type": "Feature",
            "properties": {key: name, "code": place},
            "geometry": {"type": "Polygon", "coordinates": [square(place, 40)]},
        }
        for place, name in enumerate(names)
    ]
    features[0]["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [[square(-5, 40, 3), square(-4, 41)], [square(-9, 44)]],
    }
    return {"type": "FeatureCollection", "features": features}


SITES = [f"site {letter}" for letter in "ABCDEF"]


def material(fit: bg.Fit) -> Material:
    return material_of(fit)


def paths(svg: str) -> list[str]:
    """Outlines drawn: closed paths with an edge."""
    return re.findall(r'<path d="([^"]*z[^"]*)"[^>]*stroke-width: 0.3', svg)


def test_outlines_have_polygons_and_holes():
    outlines = bg.Geography("site", make_geojson(SITES), "name").outlines()
    assert list(outlines) == SITES
    assert [len(rings) for rings in outlines["site A"]] == [2, 1]
    np.testing.assert_array_equal(outlines["site B"][0][0], square(1, 40))
    numbered = bg.Geography("site", make_geojson(SITES), "code").outlines()
    assert list(numbered) == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("geojson", "message"),
    [
        ({}, "no features"),
        (make_geojson(SITES, key="nme"), "Did you mean 'nme'"),
        ({"features": [{"properties": {"name": "a"}}]}, "outline of 'a' is a None"),
        (
            {"features": [{"properties": {"name": "a"}, "geometry": {"type": "Point"}}]},
            "is a Point, not a Polygon",
        ),
        (make_geojson(["x", "y"]), r"No group of 'site' \(such as 'site A'\).*such as 'x'"),
    ],
)
def test_what_is_no_map_of_the_groups(geojson, message):
    with pytest.raises(SpecError, match=message):
        bg.Geography("site", geojson, "name").check(SITES)


def test_a_map_draws_every_place_twice_and_names_the_ends():
    fit = count_fit()
    drawn = fit.map("site", make_geojson([*SITES, "elsewhere"]), key="name")
    ElementTree.fromstring(drawn.svg)
    # Seven places, one of them in two parts, in two panels.
    assert len(paths(drawn.svg)) == 16
    rates = fit.group_rates("site")
    printed = rates.formatted().set_index("level")["rate"]
    order = rates.frame.sort_values("rate")["level"].tolist()
    assert f"Highest: {order[-1]} ({printed[order[-1]]})" in drawn.description
    assert f"lowest: {order[0]} ({printed[order[0]]})" in drawn.description
    assert "site=" not in drawn.svg
    some = fit.map("site", make_geojson(SITES[:4]), key="name")
    assert "Not on the map: site E, site F." in some.description


def test_a_map_takes_the_threshold_of_group_rates():
    fit = count_fit()
    drawn = fit.map("site", make_geojson(SITES), key="name", threshold=123.0)
    assert "probability of lying above 123 (right)" in drawn.description
    assert "probability of lying above 123" in re.sub("<[^>]*>", "", drawn.svg)


def test_holes_run_the_other_way_and_places_without_a_value_are_pale():
    outlines = bg.Geography("site", make_geojson(SITES), "name").outlines()
    panels = [
        MapPanel("p", {"site B": 0.2, "site C": 0.9}, (0.0, 0.5, 1.0), ("#000000", "#ffffff"))
    ]
    svg = to_svg(choropleth(outlines, panels))
    found = paths(svg)
    assert len(found) == 7
    first = found[0]
    assert first.count("z") == 2
    areas = []
    for ring in first.split("z")[:2]:
        x, y = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", ring), dtype=float).T
        areas.append(float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)))
    assert areas[0] * areas[1] < 0
    fills = re.findall(r'stroke-width: 0.3[^"]*', svg)
    pale = re.findall(r"fill: #9aa3ab[^\"]*stroke-width: 0.3", svg)
    assert len(fills) == 7
    assert len(pale) == 5


def test_the_map_is_as_wide_as_the_latitude_says():
    outlines = {"a": [[np.array(square(0, 59.5))]]}
    svg = to_svg(
        choropleth(outlines, [MapPanel("p", {"a": 0.5}, (0.0, 1.0), ("#000000", "#ffffff"))])
    )
    x, y = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", paths(svg)[0]), dtype=float).T
    assert np.ptp(x) / np.ptp(y) == pytest.approx(np.cos(np.radians(60)), rel=0.01)


@pytest.mark.parametrize("draw", [rank_plot, shrinkage_plot])
@pytest.mark.parametrize(("make", "factor"), [(count_fit, "site"), (binary_fit, "ID")])
def test_figures_of_groups(draw, make, factor):
    fit = make()
    found = draw(fit.design, fit.group_rates(factor), factor)
    ElementTree.fromstring(found.svg)
    assert factor in found.description


def test_sentences_quote_the_tables():
    fit = count_fit()
    spread, rates = fit.population_interval("site", share=0.9), fit.group_rates("site")
    shown = spread.formatted()
    words = spread_sentence(fit.design, "site", spread, 0.9)
    assert "90 % have a rate per 100,000 time between" in words
    assert f"between {shown['rate'][0]} ({shown['lower'][0]} to {shown['upper'][0]})" in words
    assert f"and {shown['rate'][2]} (" in words
    words = extremes(fit.design, "site", rates)
    row = rates.formatted().iloc[int(rates.frame["rate"].argmax())]
    assert f"the highest is {row['level']} with {row['rate']} ({row['lower']} to" in words


def test_the_section_has_a_map_where_the_groups_have_a_place():
    fit = count_fit()
    place = bg.Geography("site", make_geojson(SITES), "name")
    with_map = groups(replace(material(fit), geography=place))
    assert "Maps of site" in with_map.body
    assert "Maps of" not in groups(material(fit)).body
    assert with_map.body.count("<h3>") == 2
    elsewhere = bg.Geography("site", make_geojson(["x", "y"]), "name")
    assert "No group of" in groups(replace(material(fit), geography=elsewhere)).body
    assert "no group terms" in groups(material(normal_fit())).body


@pytest.mark.usefixtures("data_folder")
def test_the_map_of_the_counties():
    found = bg.datasets.load_geojson("ohio_counties_map")
    names = bg.datasets.load("ohio_counties")["name"]
    outlines = bg.Geography("county", found, "name").check(list(names))
    assert set(outlines) == set(names)
    assert json.dumps(found).startswith('{"type": "FeatureCollection"')


def test_an_unknown_map():
    with pytest.raises(DatasetError, match="Did you mean 'ohio_counties_map'"):
        bg.datasets.load_geojson("ohio_county_map")


def test_very_many_groups_are_drawn_and_listed_in_part():
    rng = generator(4)
    rows = pd.DataFrame({"y": rng.poisson(2, 1600), "g": np.arange(1600) // 2})
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", rows, family="poisson"), draws=100)
    body = groups(material(fit)).body
    assert body.count("300 of 800, evenly spaced") == 3
    assert "Some of the 800 groups of g" in body
    assert "The first and last 50 of 800 rows" in body
    assert len(body) < 600_000
