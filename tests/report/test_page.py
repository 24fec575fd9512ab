"""The page: well formed, self-contained, escaped, honest at the top, the same each time."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from posterior_maker import (
    binary_fit,
    count_fit,
    count_rows,
    make_fit,
    normal_fit,
    with_statistics,
)

import bayesglmm as bg
from bayesglmm.pictures.canvas import figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior import ratios
from bayesglmm.report import material_of, page
from bayesglmm.report.blocks import table as table_block
from bayesglmm.report.effect_prose import findings
from bayesglmm.report.html import WRITER
from bayesglmm.report.html import html as write_html
from bayesglmm.report.sections import SECTIONS
from bayesglmm.report.sections.reproduce import frame_digest
from bayesglmm.tables import Table

ATTACK = "<script>alert(1)</script>"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
LOADING = {"src", "href", "xlink:href", "data", "poster", "srcset", "action", "formaction"}


def make_page(fit: bg.Fit) -> str:
    return page(material_of(fit))


def hostile_fit() -> bg.Fit:
    """Markup in every text that comes from data or spec."""
    rows = count_rows().rename(columns={"x": f"x {ATTACK}"})
    rows["site"] = rows["site"].replace("site A", ATTACK)
    rows["sex"] = rows["sex"].replace("male", ATTACK)
    rows.attrs["source"] = f"source {ATTACK}"
    rows.attrs["caveats"] = (f"caveat {ATTACK}",)
    model = bg.Model(
        f"events ~ sex + `x {ATTACK}` + (1 | site)",
        rows,
        family="poisson",
        title=f"title {ATTACK}",
        question=f"question {ATTACK}",
    )
    return make_fit(model)


def failed_fit() -> bg.Fit:
    diverging = np.zeros((4, 500), dtype=bool)
    diverging[1, 3:6] = True
    return with_statistics(binary_fit(), diverging=diverging)


FITS = {
    "counts": count_fit,
    "binary": binary_fit,
    "normal": normal_fit,
    "hostile": hostile_fit,
    "failed": failed_fit,
}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: make_page(make()) for name, make in FITS.items()}


def table(content: Table) -> str:
    return write_html([table_block(content)])


class Outline(HTMLParser):
    """Open elements, identifiers, links and texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        self.texts.append((tuple(self.open), data))

    def text_in(self, tag: str) -> str:
        return " ".join(text for path, text in self.texts if tag in path)


@pytest.mark.parametrize("name", FITS)
def test_every_element_is_closed(pages, name):
    outline = Outline(pages[name])
    assert outline.wrong == []
    assert outline.open == []
    assert [tag for tag, _ in outline.tags].count("h1") == 1


@pytest.mark.parametrize("name", FITS)
def test_nothing_is_loaded_from_outside(pages, name):
    outline = Outline(pages[name])
    for tag, attributes in outline.tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "img", "base"), tag
        for key in LOADING & set(attributes):
            assert attributes[key].startswith("#"), (tag, key, attributes[key])
        for key, value in attributes.items():
            assert not key.startswith("on"), (tag, key)
            assert "url(" not in (value or "") or re.search(r"url\(#", value), (tag, key)
    styles = outline.text_in("style")
    assert "@import" not in styles
    assert not re.search(r"url\((?!#)", styles)
    assert not re.search(r"https?://", styles)


@pytest.mark.parametrize("name", FITS)
def test_sections_are_linked_in_order(pages, name):
    outline = Outline(pages[name])
    anchors = [attrs["id"] for tag, attrs in outline.tags if tag == "section"]
    links = [attrs["href"] for tag, attrs in outline.tags if tag == "a"]
    assert links == 2 * [f"#{anchor}" for anchor in anchors]  # on top, and at the side
    assert len(anchors) == len(set(anchors)) <= len(SECTIONS)
    ids = [attrs["id"] for _, attrs in outline.tags if attrs.get("id") in anchors]
    assert sorted(ids) == sorted(anchors)


@pytest.mark.parametrize("name", FITS)
def test_the_answer_comes_first_in_a_sentence_and_a_picture(pages, name):
    """Before any table; everything after it is folded."""
    start = pages[name].index('<section id="answer"')
    first = pages[name][start : pages[name].index("</section>", start)]
    before = first.partition("<details>")[0]
    sentence = re.search(r'<p class="first">(.*?)</p>', before)[1]
    assert re.search(r"\d \(-?\d.* to -?\d.*credible interval", sentence)
    assert before.index(sentence) < before.index("<svg") < pages[name].index("<table")
    outline = Outline(pages[name])
    assert [tag for tag, _ in outline.tags].count("section") - 1 == sum(
        tag == "details" and attrs.get("class") == "part" for tag, attrs in outline.tags
    )


@pytest.mark.parametrize("name", FITS)
def test_every_figure_says_what_it_shows(pages, name):
    """In numbers, and apart from how to read it."""
    found = re.findall(
        r'role="img" aria-label="([^"]*)">.*?<figcaption>(.*?)</figcaption>', pages[name], re.DOTALL
    )
    assert len(found) == pages[name].count("<svg") > 3
    for shows, caption in found:
        assert len(re.findall(r"\d", shows)) > 2, shows
        assert shows not in caption
        assert not re.search(r"\bnan\b|\binf\b", shows)


def test_markup_in_data_and_spec_is_text(pages):
    html = pages["hostile"]
    assert "<script" not in html
    assert ATTACK not in html
    for text in ("title", "question", "source", "caveat", "x"):
        assert f"{text} {escape(ATTACK)}" in html, text
    outline = Outline(html)
    assert ATTACK in outline.text_in("table")  # a level in a table
    assert ATTACK in outline.text_in("li")  # a level in a sentence
    assert ATTACK in outline.text_in("pre")  # the formula


def test_a_failed_verdict_stands_in_the_header(pages):
    html = pages["failed"]
    sentence = "The fit has NOT converged: divergences failed."
    assert html.index("<header>") < html.index(sentence) < html.index("</header>")
    assert html.index("</header>") < html.index("<section")
    header = Outline(html).text_in("header")
    assert sentence in header
    assert "divergences: 3, wanted none (worst: chain 1)." in header
    assert "What to do: raise target_accept=" in header
    assert 'class="verdict failed"' in html


@pytest.mark.parametrize("name", ["counts", "binary", "normal"])
def test_a_good_fit_says_so(pages, name):
    assert "all 6 checks passed" in Outline(pages[name]).text_in("header")
    assert 'class="verdict failed"' not in pages[name]


@pytest.mark.parametrize("name", FITS)
def test_sentences_of_the_results_are_those_of_the_table(pages, name):
    fit = FITS[name]()
    items = [text for path, text in Outline(pages[name]).texts if path[-1:] == ("li",)]
    for sentence in findings(fit.design, ratios(fit.posterior)):
        assert sentence in items


def test_two_calls_give_one_page(pages):
    assert make_page(FITS["counts"]()) == pages["counts"]


def test_what_a_reader_needs_is_there(pages):
    text = " ".join(text for _, text in Outline(pages["counts"]).texts)
    for words in (
        "observations",
        "baseline rate per 100,000 time",
        "sd(1|site)",
        "cor(1, x|site)",
        "95 % equal-tailed credible interval",
        "Reference levels: sex = female.",
        "conditional: for a typical group, with all group effects at zero",
        "HalfNormal",
        "events[i] ~ Poisson(time[i] · λ[i])",
        "by hand (1): 4 chains",
        "seed",
    ):
        assert words in text, words


def test_no_word_of_another_school(pages):
    for html in pages.values():
        assert not re.search("confidence|significan", html, flags=re.IGNORECASE)


def test_the_report_is_written_where_it_is_asked_for(tmp_path, pages):
    path = normal_fit().report(tmp_path / "new" / "folder" / "r.html")
    assert path == tmp_path / "new" / "folder" / "r.html"
    assert path.read_text(encoding="utf-8") == pages["normal"]


def test_title_falls_back_on_the_formula(pages):
    assert "<title>y ~ x</title>" in pages["normal"]


def test_digest_sees_every_change():
    rows = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    others = [
        rows,
        rows.assign(a=[1, 3]),
        rows.assign(b=["x", "z"]),
        rows.rename(columns={"a": "c"}),
        rows[::-1],
        rows[["b", "a"]],
        rows.iloc[:1],
    ]
    assert len({frame_digest(other) for other in others}) == len(others)
    assert frame_digest(rows) == frame_digest(rows.copy().set_index(np.array([5, 6])))


def test_decimal_points_stand_below_one_another():
    html = table(Table(pd.DataFrame({"": list("abc"), "x": [3.14, 27.0, np.nan]}), "t"))
    assert "<td>3.14</td>" in html  # text stays as it is
    kinds = {"x": "estimate"}
    frame = pd.DataFrame({"": list("abc"), "x": [3.14, 273.0, np.nan]})
    html = table(Table(frame, "t", kinds=kinds))
    cells = re.findall(r'<td class="n">(.*?)</td>', html)
    assert cells == ["3.14", "273\u2008\u2007\u2007", ""]


def test_the_meaning_of_a_table_stands_beneath_it():
    content = Table(pd.DataFrame({"": ["a"]}), "c <b>", "s <b>", "e <b>", ("n <b>",))
    html = table(content)
    assert "<b>" not in html.replace("<b>Scale:</b>", "").replace("<b>Estimand:</b>", "")
    assert html.count("&lt;b&gt;") == 5  # the caption is also the table's label


def test_a_wide_table_says_that_it_scrolls():
    hint = "The table scrolls sideways"
    wide = table(Table(pd.DataFrame([range(5)], columns=list("abcde")), "t"))
    assert hint in wide
    assert hint not in table(Table(pd.DataFrame([range(2)], columns=list("ab")), "t"))


def test_a_figure_says_that_it_scrolls_where_it_is_wider_than_the_screen():
    with figure(2, 2) as drawn:
        drawn.subplots().plot([0, 1])
    hint = "The figure scrolls sideways"
    assert hint in WRITER.figure(Picture(drawn, "how to read it", "what it shows"))
    assert hint not in WRITER.figure(Picture(drawn, "how", "what", narrow=True))
