"""Reports as Word documents: equations that Word edits, real tables, figures with their words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from posterior_maker import binary_fit, count_fit, count_rows, make_fit

import bayesglmm as bg
from bayesglmm.report.equations import equations
from bayesglmm.report.mathml import aligned, below, both, matrix, name, number, row, sign, symbol
from bayesglmm.report.omml import NAMESPACE, omml

docx = pytest.importorskip("docx")

M = f"{{{NAMESPACE}}}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
ATTACK = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[bg.Fit, Path]:
    fit = count_fit()
    return fit, fit.report(tmp_path_factory.mktemp("word") / "r.docx", opinion=False)


@pytest.fixture(scope="module")
def document(written):
    return docx.Document(str(written[1]))


def said(element) -> str:
    return "".join(element.itertext())


def test_every_equation_is_one_that_word_edits(written, document):
    fit, _ = written

    def letters(text: str) -> str:
        return re.sub(r"[\s\[\]^()&]", "", text.replace("~", "∼"))

    lines = list(document.element.iter(f"{M}oMathPara"))
    plain = [line.plain.replace("~", "∼") for line in equations(fit.design)]
    found = [letters(said(one)) for one in lines]
    for text, own in zip(plain, found, strict=False):  # matrices have other marks between cells
        if ";" not in text:
            assert sorted(own) == sorted(letters(text))
    assert letters(plain[0]) == found[0]
    assert len(found) > len(plain)  # those of the priors too


def test_tables_are_tables_with_numbered_captions(written, document):
    fit, _ = written
    rows = fit.ratios().published().printed()
    (shown,) = [one for one in document.tables if one.cell(0, 1).text == "IRR"][:1]
    assert [[cell.text for cell in line.cells] for line in shown.rows][1:] == rows.values.tolist()
    fields = [one.get(f"{W}instr") for one in document.element.iter(f"{W}fldSimple")]
    assert sum("SEQ Table" in field for field in fields) == len(document.tables)
    captions = [one.text for one in document.paragraphs if one.style.name == "Caption"]
    assert any("Fixed effects: incidence-rate ratio" in text for text in captions)


def test_figures_say_what_they_show(document):
    about = [one.get("descr") for one in document.element.iter(f"{WP}docPr")]
    assert len(about) == len(document.inline_shapes) > 5
    assert all(len(re.findall(r"\d", text)) > 2 for text in about)
    widest = max(shape.width.inches for shape in document.inline_shapes)
    assert 3 < widest <= 6


def test_headings_and_verdict(written, document):
    fit, _ = written
    heads = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert heads[0] == "Short answer"
    assert {"Data", "Model", "Reproduction"} <= set(heads)
    text = "\n".join(one.text for one in document.paragraphs)
    assert fit.verdict.sentence() in text
    assert "import bayesglmm as bg\n\nspec = bg.specify(" in text


def test_text_from_data_stays_text(tmp_path):
    rows = count_rows()
    rows["site"] = rows["site"].replace("site A", ATTACK)
    fit = make_fit(bg.Model("events ~ sex + (1 | site)", rows, family="poisson", title=ATTACK))
    path = fit.report(tmp_path / "r.docx", opinion=False, short=True)
    found = docx.Document(str(path))
    assert found.paragraphs[0].text == ATTACK
    assert found.core_properties.title == ATTACK


def test_several_models_in_one_document(tmp_path):
    fits = {"all": binary_fit(), "odd": binary_fit(link="probit")}
    opinions = dict.fromkeys(fits, False)
    path = bg.write_report(fits, tmp_path / "both.docx", opinions=opinions, short=True)
    found = docx.Document(str(path))
    heads = [one.text for one in found.paragraphs if one.style.name == "Heading 1"]
    assert [head for head in heads if head in fits] == list(fits)


def test_pieces_of_mathematics():
    x, i = symbol("x"), symbol("i")
    cell = both(x, i, number("2"))
    made = omml(aligned(below(x, i), sign("="), [row(number("1"), sign("+"), x), matrix([[cell]])]))
    tags = [one.tag.removeprefix(M) for one in made.iter() if one.tag.startswith(M)]
    assert tags.count("e") == 2 + 1 + 1 + 2 + 1 - 1  # two lines, x_i, brackets, cell and x_i^2
    assert {"eqArr", "sSub", "sSubSup", "d", "m", "mr"} <= set(tags)
    styles = {one.get(f"{M}val") for one in made.iter(f"{M}sty")}
    assert styles == {"p"}
    assert said(omml(name("<b> & c"))) == "<b> & c"


def test_without_the_package_nothing_is_computed(tmp_path, monkeypatch):
    monkeypatch.setattr("bayesglmm.tables.word.find_spec", lambda _: None)
    monkeypatch.setattr("bayesglmm.report.material_of", None)
    with pytest.raises(bg.BayesglmmError, match="pip install python-docx"):
        count_fit().report(tmp_path / "r.docx")
