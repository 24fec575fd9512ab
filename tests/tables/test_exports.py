"""Tables as LaTeX, Markdown and Word: the same cells, the same meaning, nothing read as markup."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from markdown_it import MarkdownIt
from posterior_maker import count_fit

from bayesglmm.errors import BayesglmmError
from bayesglmm.tables import Summary, Table
from bayesglmm.tables import latex as latex_module
from bayesglmm.tables.latex import escape_latex
from bayesglmm.tables.markdown import escape_markdown

NASTY = [
    "a & b_c",
    "100 % of $5",
    "x|y \\ z",
    "{#1} ~ ^",
    "<script>alert(1)</script>",
    "[1, x]",
    "*bold* `code`",
]


def make_table(labels: list[str] = NASTY) -> Table:
    values = np.linspace(-1.2345, 2.0, len(labels))
    frame = pd.DataFrame({"": labels, "β × 10²": values, "N": 1200})
    return Table(
        frame.assign(**{"mcse_β × 10²": 0.02}),
        "y ~ x_1 + (1 | g)",
        scale="link (log)",
        estimand="typical group, ≥ 1 row",
        notes=("1. a note & more", "- another"),
        kinds={"β × 10²": "estimate", "N": "count"},
    )


# LaTeX


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("50 % & more_1", r"50 \% \& more\_1"),
        ("a\\b", r"a\textbackslash{}b"),
        ("{x}^~#$", r"\{x\}\textasciicircum{}\textasciitilde{}\#\$"),
        ("<0.001 | >2", "$<$0.001 $|$ $>$2"),
        ("≥ × ∞ ÷ ≤", r"$\geq$ $\times$ $\infty$ $\div$ $\leq$"),
        ("σ² = μ₀", r"$\sigma$$^{2}$ = $\mu$$_{0}$"),
        ("Σ − “x”…", r"$\Sigma$ $-$ ``x''\ldots{}"),
        ("a--b---c", "a-{}-b-{}-{}-c"),
        ("Müller, São", "Müller, São"),
        ("e\u0301", "é"),
        ("two\nlines\x07", "two lines"),
    ],
)
def test_latex_escapes(text, wanted):
    assert escape_latex(text) == wanted


def unescaped(text: str) -> str:
    """What is left of LaTeX without its commands and escapes."""
    text = re.sub(r"\\[a-zA-Z]+(\{\})?|\\[&%$#_{}\\,]|\$[^$]*\$", "", text)
    return re.sub(r"\{[^{}]*\}|\{[^{}]*\}", "", text)


def test_latex_rows_have_their_cells_and_nothing_is_left_unescaped():
    table = make_table()
    text = table.to_latex()
    assert text.startswith("\\begin{table}")
    assert text.count("\\begin{") == text.count("\\end{") == 3
    assert "\\begin{tabular}{lrr}" in text
    body = text[text.index("\\midrule") : text.index("\\bottomrule")].splitlines()[1:]
    assert len(body) == len(NASTY)
    for row in body:
        assert row.endswith(" \\\\")
        assert len(re.findall(r"(?<!\\)&", row)) == 2
        assert not re.search(r"[#%^~_{}]", unescaped(row))
    assert body[0].startswith("a \\& b\\_c & $-$1.2 & 1,200")
    assert body[5].startswith("{}[1, x]")
    assert body[6].startswith("{}*bold*")
    assert (
        text.index("\\bottomrule") < text.index("Scale: link (log)") < text.index("1. a note \\&")
    )
    assert "typical group, $\\geq$ 1 row" in text


def test_a_long_table_may_break_over_pages():
    short = make_table([f"row {k}" for k in range(latex_module.PAGE)]).to_latex()
    long = make_table([f"row {k}" for k in range(latex_module.PAGE + 1)]).to_latex()
    assert "longtable" not in short
    assert "\\begin{longtable}{lrr}" in long
    assert long.count("\\begin{") == long.count("\\end{")
    assert long.count("$\\beta$") == 2


def test_a_bare_table_has_no_notes():
    text = Table(pd.DataFrame({"a": ["x"]}), "t").to_latex()
    assert "minipage" not in text


def test_minus_is_one_sign_in_every_cell_of_numbers():
    frame = pd.DataFrame({"": ["a-1"], "d": [-0.31], "lower": [-0.52], "upper": [-0.11]})
    more = {f"m{name}": frame[name] for name in ("d",)} | {
        "m lower": frame["lower"],
        "m upper": frame["upper"],
    }
    frame = frame.assign(**more).rename(columns={"md": "m"})
    kinds = dict.fromkeys([name for name in frame if name], "estimate")
    text = Table(frame, "t", kinds=kinds).to_latex()
    assert text.count("$-$0.31 ($-$0.52 to $-$0.11)") == 2
    assert "a-1 &" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX is installed")
def test_latex_compiles(tmp_path: Path):
    """Once, everything: a summary, nasty texts, a long table, signs and Greek letters."""
    long = make_table([f"row {k}" for k in range(latex_module.PAGE + 1)])
    signs = Table(pd.DataFrame({"a": ["≥ × ∞ ÷ σ² − “x”… Müller"]}), "Signs & co.")
    parts = [count_fit().table().to_latex(), make_table().to_latex(), long.to_latex()]
    body = "\n\n".join([*parts, signs.to_latex()])
    packages = r"\usepackage[utf8]{inputenc}\usepackage{booktabs}\usepackage{longtable}"
    source = rf"\documentclass{{article}}{packages}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "t.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    assert (tmp_path / "t.pdf").stat().st_size > 10_000


# CSV


def test_csv_read_back():
    table = make_table()
    read = pd.read_csv(io.StringIO(table.to_csv()))
    assert read.iloc[:, 0].tolist() == NASTY
    assert read["N"].tolist() == [1200] * len(NASTY)
    assert read["β × 10²"].tolist() == [float(cell) for cell in table.formatted()["β × 10²"]]


# Diagnostics


@pytest.mark.parametrize("form", ["to_html", "to_latex", "to_markdown", "to_csv"])
@pytest.mark.parametrize("make", [lambda: count_fit().table(), lambda: count_fit().ratios()])
def test_publications_have_no_diagnostics_unless_asked_for(form, make):
    made, told = make(), re.compile(r"ess\W*_bulk|r\W*_hat")
    assert not told.search(getattr(made, form)())
    assert told.search(getattr(made, form)(diagnostics=True))
    assert told.search(repr(made))
    assert told.search(made._repr_html_())


def test_word_has_no_diagnostics_unless_asked_for(tmp_path: Path):
    made = count_fit().ratios()
    for asked in (False, True):
        path = made.to_docx(tmp_path / "t.docx", diagnostics=asked)
        (grid,) = Document(str(path)).tables
        assert ("r_hat" in [cell.text for cell in grid.rows[0].cells]) == asked


# Markdown


def parsed(text: str) -> tuple[list[list[str]], str]:
    """Cells of the table that a reader sees, and all the text beside it."""
    html = MarkdownIt("commonmark").enable("table").render(text)
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in html.split("<tr>")[1:]]
    clean = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}

    def plain(cell: str) -> str:
        assert "<" not in cell
        for code, sign in clean.items():
            cell = cell.replace(code, sign)
        return cell

    return [[plain(cell) for cell in row] for row in rows], html


def test_markdown_shows_every_cell_as_it_is_printed():
    table = make_table()
    rows, html = parsed(table.to_markdown())
    shown = table.formatted()
    assert rows[0] == list(shown.columns)
    assert rows[1:] == shown.to_numpy().tolist()
    assert "<strong>y ~ x_1 + (1 | g)</strong>" in html
    assert html.count("<li>") == 4
    assert "<ol>" not in html
    assert html.count("<ul>") == 1
    assert "1. a note &amp; more" in html


def test_markdown_sets_numbers_flush_right_and_pads():
    lines = make_table().to_markdown().splitlines()
    grid = [line for line in lines if line.startswith("|")]
    assert len({len(line) for line in grid}) == 1
    assert re.fullmatch(r"\| -+ \| -+: \| -+: \|", grid[1])


def test_markdown_keeps_dollars_from_being_mathematics():
    assert escape_markdown("$10 to $20") == r"\$10 to \$20"


@pytest.mark.parametrize("text", ["ess_bulk", "_x_", "a_b_c", "__x", "x_ _y", "a &amp; b", "1_000"])
def test_markdown_of_underscores_and_entities(text):
    table = Table(pd.DataFrame({text: [text]}), "t")
    rows, _ = parsed(table.to_markdown(diagnostics=True))
    assert rows == [[text], [text]]


# Word


def test_word_document_read_back(tmp_path: Path):
    table = make_table()
    document = Document(str(table.to_docx(tmp_path / "new" / "t.docx")))
    (grid,) = document.tables
    shown = table.formatted()
    cells = [[cell.text for cell in row.cells] for row in grid.rows]
    assert cells == [list(shown.columns), *shown.to_numpy().tolist()]
    texts = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert texts == [table.caption, *table.about()]
    assert document.paragraphs[0].style.name == "Caption"
    first = grid.rows[1].cells
    assert first[0].paragraphs[0].alignment is None
    assert first[1].paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT
    properties = [child.tag.rpartition("}")[2] for child in grid._tbl.tblPr]
    assert properties.index("tblBorders") < properties.index("tblLook")
    assert [run.bold for run in grid.rows[0].cells[1].paragraphs[0].runs] == [True]
    assert [run.bold for run in first[1].paragraphs[0].runs] == [None]
    assert "tblHeader" in grid.rows[0]._tr.xml
    assert "tblHeader" not in grid.rows[1]._tr.xml


def test_word_document_of_characters_that_xml_forbids(tmp_path: Path):
    table = make_table(["bell \x07", "nul \x00", "end"])
    (grid,) = Document(str(table.to_docx(tmp_path / "t.docx"))).tables
    assert [row.cells[0].text for row in grid.rows[1:]] == ["bell  ", "nul  ", "end"]


def test_without_python_docx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(BayesglmmError, match="Run: pip install python-docx"):
        make_table().to_docx(tmp_path / "t.docx")
    assert not (tmp_path / "t.docx").exists()


# Several


def test_a_summary_exports_all_its_tables_under_its_heading(tmp_path: Path):
    summary = Summary((make_table(), make_table()), "NOT converged: R-hat < 2")
    assert summary.to_latex().startswith("\\noindent\\textbf{NOT converged: R-hat $<$ 2}")
    assert summary.to_latex().count("\\begin{tabular}") == 2
    assert summary.to_markdown().startswith(r"**NOT converged: R-hat \< 2**")
    assert (
        MarkdownIt("commonmark").enable("table").render(summary.to_markdown()).count("<table>") == 2
    )
    document = Document(str(summary.to_docx(tmp_path / "s.docx")))
    assert document.paragraphs[0].text == "NOT converged: R-hat < 2"
    assert len(document.tables) == 2


def test_tables_of_a_fit(tmp_path: Path):
    fit = count_fit()
    table = fit.table()
    assert "credible interval" in table.to_latex()
    assert "sd(1\\|site)" in table.to_markdown()
    document = Document(str(table.to_docx(tmp_path / "fit.docx")))
    ratios = fit.ratios().published().printed()
    cells = [[cell.text for cell in row.cells] for row in document.tables[1].rows[1:]]
    assert cells == ratios.to_numpy().tolist()
