"""Several models on one page."""

from __future__ import annotations

import re
from importlib import import_module
from itertools import pairwise

import pytest
from posterior_maker import binary_fit, count_fit, count_model, make_fit
from report.test_page import Outline, failed_fit

import bayesglmm as bg
from bayesglmm.posterior import ratios
from bayesglmm.posterior.variance import variance
from bayesglmm.report import Material, material_of
from bayesglmm.report.page import side_by_side
from bayesglmm.report.sections.data import data
from bayesglmm.report.sections.side_by_side import _merged, differences, ratio_columns


def material(fit: bg.Fit) -> Material:
    return material_of(fit)


@pytest.fixture(scope="module")
def materials() -> dict[str, Material]:
    fewer = count_model().design.data.iloc[:90]
    plain = bg.Model("events ~ sex", fewer, family="poisson")
    return {"rates & <b>": material(count_fit()), "counts": material(make_fit(plain))}


@pytest.fixture(scope="module")
def html(materials) -> str:
    return side_by_side(materials)


def test_one_page_with_anchors_of_each_model(html):
    outline = Outline(html)
    assert outline.wrong == []
    ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs["href"][1:] for tag, attrs in outline.tags if tag == "a"]
    assert set(links) <= set(ids)
    assert {"side-by-side", "model-1", "model-2", "model-1-model", "model-2-model"} <= set(ids)
    references = re.findall(r'(?:href="|url\()#([^")]+)', html)
    assert set(references) <= set(ids)
    assert "rates &amp; &lt;b&gt;" in html


def test_columns_quote_the_tables(materials):
    shown = ratio_columns(materials).frame.set_index("")
    for name, made in materials.items():
        table = ratios(made.posterior).formatted()
        for _, row in table.iterrows():
            expected = f"{row['IRR']} ({row['lower']} to {row['upper']})"
            assert shown.loc[row[""], name] == expected
    assert shown.loc["x", "counts"] == ""
    assert list(shown.loc["observations"]) == ["96", "90"]
    assert list(shown.loc["groups"]) == ["6 of site, 4 of year", "none"]


def test_verdicts_of_several_models(html, monkeypatch):
    assert "All 2 fits converged: every check passed." in html
    monkeypatch.setattr(import_module("bayesglmm.report.document"), "SECTIONS", (data,))
    mixed = {"good": material(binary_fit()), "bad": material(failed_fit())}
    header = Outline(side_by_side(mixed)).text_in("header")
    assert "Converged, every check passed: good." in header
    assert "The fit has NOT converged" in header


def test_what_differs_is_said(materials):
    said = " ".join(differences(materials))
    for words in ("different rows", "time is their exposure", "for a typical group"):
        assert words in said
    other = {"a": material(binary_fit()), "b": material(binary_fit(link="probit"))}
    assert differences(other) == [
        "Families or links differ; coefficients on different links are not alike."
    ]
    assert differences({"a": material(count_fit()), "b": material(count_fit())}) == []
    for group, averaged in {"": False, "+ (1 | site)": False, "+ (1 + x | site)": True}.items():
        model = bg.Model(f"events ~ sex {group}", count_model().design.data, family="poisson")
        bare = bg.Model("events ~ sex", count_model().design.data, family="poisson")
        said = differences({"a": material(make_fit(model)), "b": material(make_fit(bare))})
        assert any("for a typical group" in sentence for sentence in said) == averaged


def test_the_public_call_writes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(import_module("bayesglmm.report.document"), "SECTIONS", (data,))
    fits = {"first": binary_fit(), "second": binary_fit(link="probit")}
    path = bg.write_report(fits, tmp_path / "r.html")
    assert "Side by side" in path.read_text(encoding="utf-8")
    with pytest.raises(bg.BayesglmmError, match="at least one fit"):
        bg.write_report({}, tmp_path / "r.html")


@pytest.mark.parametrize(
    ("columns", "merged"),
    [
        (["ab", "ab"], "ab"),
        (["acd", "abd"], "abcd"),
        (["ac", "bc"], "bac"),
        (["abz", "az", "cz"], "cabz"),
        (["ab", "ba"], "ab"),
    ],
)
def test_labels_keep_their_neighbours(columns, merged):
    assert _merged(columns) == list(merged)


def test_the_table_alone_says_what_differs(materials):
    fewer = count_model().design.data.iloc[:90]
    plain = make_fit(bg.Model("events ~ sex", fewer, family="poisson"))
    found = bg.side_by_side({"rates & <b>": count_fit(), "counts": plain})
    assert found.frame.equals(ratio_columns(materials).frame)
    assert set(differences(materials)) <= set(found.notes)
    failed = bg.side_by_side({"good": count_fit(), "bad": failed_fit()})
    assert failed.notes[0].startswith("'bad': The fit has NOT converged")
    named = bg.side_by_side([count_fit(), plain])
    assert list(named.frame) == ["", count_fit().design.spec.formula.text, "events ~ sex"]
    with pytest.raises(bg.BayesglmmError, match="no fits"):
        bg.side_by_side({})


def interval(row) -> str:
    return f"{row['median']} ({row['lower']} to {row['upper']})"


def test_the_spread_of_the_groups_stands_below_the_coefficients(materials):
    shown = ratio_columns(materials).frame.set_index("")
    rows = material(count_fit()).random_part.formatted()
    assert list(rows[""])[:2] == ["sd(1|site)", "sd(x|site)"]
    for _, row in rows.iterrows():
        assert shown.loc[row[""], "rates & <b>"] == interval(row)
        assert shown.loc[row[""], "counts"] == ""


def test_what_only_the_second_model_has_stands_in_its_part_of_the_table():
    rights = {"a": "sex + x + (1 | site)", "b": "1 + (1 | year)"}
    rows = count_model().design.data
    fits = {
        k: make_fit(bg.Model(f"events ~ {v}", rows, family="poisson")) for k, v in rights.items()
    }
    shown = list(bg.side_by_side(fits).frame[""])
    spreads, shares = ["sd(1|year)", "sd(1|site)"], ["ICC, year", "ICC, site", "R², marginal"]
    parts = [["sex[male]", "x"], spreads, shares, ["family"]]
    places = [[shown.index(name) for name in part] for part in parts]
    assert all(max(above) < min(below) for above, below in pairwise(places))


def test_shares_of_variance_are_those_of_each_own_table(materials):
    found = ratio_columns(materials)
    shown = found.frame.set_index("")
    for name, made in materials.items():
        rows = variance(made.posterior).formatted().set_index("quantity")
        for label in ("ICC, site", "ICC, year", "R², marginal", "R², conditional"):
            assert shown.loc[label, name] == (
                interval(rows.loc[label]) if label in rows.index else ""
            )
        assert f"ICC and R² of '{name}': latent scale; over new groups" in " ".join(found.notes)
    assert shown.loc["ICC, site", "counts"] == ""
    assert shown.loc["R², marginal", "counts"] != ""
    assert "exposure of" in " ".join(found.notes)


def test_what_has_no_latent_variance_has_no_shares():
    model = bg.Model("events ~ 1", count_model().design.data, family="poisson", link="identity")
    found = ratio_columns({"a": material(make_fit(model))})
    assert not any(label.startswith(("ICC", "R²", "sd(")) for label in found.frame[""])
    assert not any("ICC" in note for note in found.notes)


def test_parameters_of_the_family_and_correlations_are_shown():
    data = count_model().design.data.assign(y=lambda frame: frame["x"] * 2.0 + 1)
    fit = make_fit(bg.Model("y ~ sex + (1 + x | site)", data))
    shown = ratio_columns({"a": material(fit)}).frame.set_index("")["a"]
    rows = material(fit).random_part.formatted()
    assert list(rows[""]) == ["sd(1|site)", "sd(x|site)", "cor(1, x|site)", "sigma"]
    assert [shown[row[""]] for _, row in rows.iterrows()] == [
        interval(row) for _, row in rows.iterrows()
    ]
