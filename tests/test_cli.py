"""The command line: what it prints, what it writes, and how it refuses."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm import cli
from bayesglmm.report.sections.data import data
from bayesglmm.report.sections.model import model

ROWS = "y,x,g\n1,0.5,a\n0,1.5,a\n3,2.5,b\n2,0.1,b\n4,3.0,c\n1,0.2,c\n"
SPEC = """
import io
import pandas as pd
import bayesglmm as bg

model = bg.specify("y ~ x + (1 | g)", family="poisson", title="Six counts")
variants = {"no groups": bg.specify("y ~ x", family="poisson")}

def data():
    return pd.read_csv(io.StringIO(%r))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counts.py").write_text(SPEC % ROWS, encoding="utf-8")
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def fitted(monkeypatch) -> list[tuple[bg.Model, dict]]:
    """Replaces sampling; holds the models fitted and the settings asked for."""
    seen = []

    def fit(self, **settings):
        seen.append((self, settings))
        return make_fit(self)

    monkeypatch.setattr("bayesglmm.model.Model.fit", fit)
    # A short report: what the sections hold is not the point here.
    monkeypatch.setattr(import_module("bayesglmm.report.document"), "SECTIONS", (data, model))
    return seen


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs the program with arguments; gives exit code, output and errors."""

    def call(*arguments: str) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["bayesglmm", *arguments])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        shown = capsys.readouterr()
        return SimpleNamespace(code=caught.value.code or 0, out=shown.out, err=shown.err)

    return call


def test_version(run):
    found = run("--version")
    assert (found.code, found.out) == (0, f"bayesglmm {bg.__version__}\n")


def test_help_names_commands_and_a_first_step(run):
    found = run("--help")
    assert found.code == 0
    for word in ("report", "fit", "families", "models/crossover.py"):
        assert word in found.out


@pytest.mark.parametrize("command", ["report", "fit"])
def test_help_of_commands(run, command):
    found = run(command, "--help")
    assert found.code == 0
    for option in ("--data", "--variant", "--seed", "--draws", "--engine"):
        assert option in found.out


@pytest.mark.usefixtures("folder")
def test_audit_prints_its_findings(fitted, run):
    found = run("audit", "counts.py")
    assert found.code == 0, found.err
    for words in ("6 rows read", "1 warning", "FEWGROUPS", "g has 3 levels", "What to do:"):
        assert words in found.out
    assert fitted == []


@pytest.mark.usefixtures("folder")
def test_audit_of_a_variant_finds_nothing(run):
    found = run("audit", "counts.py", "--variant", "no groups", "--data", "rows.csv")
    assert found.code == 0
    assert "nothing found" in found.out


REFUSED = {
    "constant": ("y,x,g\n1,2,a\n0,2,b\n3,2,b\n", "DATA", "'x' is 2 in every row used"),
    "missing": ("y,x,g\n1,2,a\n0,,b\n3,2,b\n", "DATA", "'x' has 1 missing value"),
}


@pytest.mark.parametrize(("rows", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_audit_shows_a_refusal_as_a_finding(folder, run, rows, code, words):
    (folder / "other.csv").write_text(rows, encoding="utf-8")
    found = run("audit", "counts.py", "--data", "other.csv")
    assert found.code == 2
    assert f"error   {code}" in found.out
    assert words in found.out
    assert found.err == ""


def test_audit_shows_a_formula_that_cannot_be_read(folder, run):
    text = "import bayesglmm as bg\nmodel = bg.specify('y ~ x + (1 | g')\n"
    (folder / "broken.py").write_text(text, encoding="utf-8")
    found = run("audit", "broken.py")
    assert found.code == 2
    assert "error   FORMULA" in found.out
    assert "^" in found.out


def test_families_are_listed(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    found = run("families")
    assert found.code == 0
    for name in ("gaussian", "bernoulli", "binomial", "poisson", "negative_binomial"):
        assert name in found.out
    assert "logit, probit, cloglog" in found.out


def test_report_is_written_to_the_file_named(folder, fitted, run):
    target = folder / "deep" / "r.html"
    found = run("report", "counts.py", "-o", str(target), "--seed", "5", "--draws", "700")
    assert found.code == 0, found.err
    assert "Six counts" in target.read_text(encoding="utf-8")
    assert f"Report: {target}" in found.out
    assert "all 6 checks passed" in found.out
    assert "6 rows read, 0 dropped, 6 used" in found.out
    ((_, settings),) = fitted
    assert settings == {
        **{"seed": 5, "ess": None, "draws": 700, "max_minutes": None, "engine": "kernel"},
        **{"tune": None, "target_accept": None, "max_depth": 10},
    }


@pytest.mark.parametrize(
    ("options", "name", "formula"),
    [
        ((), "counts.report.html", "y ~ x + (1 | g)"),
        (("--variant", "no groups"), "counts-no-groups.report.html", "y ~ x"),
    ],
)
def test_a_report_without_a_name_stands_here(
    folder, fitted, run, monkeypatch, options, name, formula
):
    monkeypatch.setattr(import_module("bayesglmm.report.page"), "render", lambda *_: "the page")
    found = run("report", "counts.py", *options)
    assert found.code == 0, found.err
    assert (folder / name).read_text(encoding="utf-8") == "the page"
    assert fitted[0][0].spec.formula.text == formula


def test_a_word_document_in_short(folder, fitted, run, monkeypatch):
    docx = pytest.importorskip("docx")
    monkeypatch.setattr("bayesglmm.report.ask_opinion", lambda *_: None)
    found = run("report", "counts.py", "--docx", "--short")
    assert found.code == 0, found.err
    made = docx.Document(str(folder / "counts.report.docx"))
    heads = [one.text for one in made.paragraphs if one.style.name == "Heading 1"]
    assert heads == ["Short answer", "Effects", "How far it can be trusted", "What was done"]
    assert len(fitted) == 1


def test_a_word_document_is_not_called_html(fitted, run):
    found = run("report", "counts.py", "--docx", "-o", "r.html")
    assert found.code == 2
    assert "End it in .docx." in found.err
    assert fitted == []


@pytest.mark.parametrize(("number", "code"), [("12.5", 1), ("1", 0)])
def test_a_manuscript_is_held_against_the_fit(folder, fitted, run, number, code):
    (folder / "paper.md").write_text(f"For x the ratio of counts: {number} times.", "utf-8")
    found = run("lint", "paper.md", "--spec", "counts.py")
    assert found.code == code, found.err
    assert ("DIFFERS" in found.out) == (code == 1)
    assert "Numbers in the text" in found.out
    assert len(fitted) == 1


@pytest.mark.usefixtures("folder")
def test_a_manuscript_that_is_not_there(run):
    found = run("lint", "no.md", "--spec", "counts.py")
    assert found.code == 2
    assert "There is no manuscript" in found.err


NOTES = """
notes = {
    "wambs 3": "Twice as long: the same.", "wambs 6": "Yes.", "wambs 7": "Yes.", "wambs 9": "Yes."
}
"""


@pytest.mark.parametrize(("notes", "code"), [("", 1), (NOTES, 0)])
def test_a_report_is_held_against_a_standard(folder, run, monkeypatch, notes, code):
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    monkeypatch.setattr("bayesglmm.model.Model.fit", lambda self, **_: make_fit(self))
    monkeypatch.setattr("bayesglmm.report.ask_opinion", lambda *_: None)
    (folder / "counts.py").write_text(SPEC % ROWS + notes, encoding="utf-8")
    command = ("report", "counts.py", "-o", "r.html") if notes else ("check", "counts.py")
    found = run(*command, "--check", "wambs")
    assert found.code == code, found.err
    said = "WAMBS: 10 of 10 points." if notes else "WAMBS: 6 of 10 points; open: 3, 6, 7, 9."
    assert said in found.out
    assert not notes or "Twice as long" in (folder / "r.html").read_text("utf-8")


@pytest.mark.usefixtures("folder")
def test_a_standard_that_is_none_is_refused_before_sampling(fitted, run):
    found = run("check", "counts.py", "--check", "consort")
    assert found.code == 2
    assert "reporting standard" in found.err
    assert fitted == []


@pytest.mark.usefixtures("folder")
def test_fit_prints_its_tables(fitted, run):
    found = run("fit", "counts.py", "--data", "rows.csv")
    assert found.code == 0, found.err
    for words in ("baseline count", "IRR", "sd(1|g)", "R-hat", "all 6 checks passed"):
        assert words in found.out
    assert len(fitted) == 1


BROKEN = {
    "syntax": ("model = (\n", "line 1: '(' was never closed"),
    "unknown name": ("x = 1\nmodel = specfy('y ~ x')\n", "line 2: NameError: name 'specfy'"),
    "division": ("def f():\n    return 1 / 0\n\nf()\n", "line 2: ZeroDivisionError"),
    "missing module": ("import no_such_module\n", "line 1: ModuleNotFoundError"),
    "no model": ("x = 1\n", "defines no model. Write: model = bayesglmm.specify("),
    "model is no spec": ("model = 'y ~ x'\n", "defines no model"),
    "bad formula": (
        "import bayesglmm as bg\nmodel = bg.specify('y ~ x + (1 | g')\n",
        "'(' is never closed",
    ),
    "bad family": (
        "import bayesglmm as bg\nmodel = bg.specify('y ~ x', family='poison')\n",
        "Did you mean 'poisson'?",
    ),
    "no data": (
        "import bayesglmm as bg\nmodel = bg.specify('y ~ x')\n",
        "brings no data. Add --data FILE.csv",
    ),
    "data fails": (
        "import bayesglmm as bg\nmodel = bg.specify('y ~ x')\n\ndef data():\n    return {}['k']\n",
        "line 5: KeyError: 'k'",
    ),
    "data is no frame": (
        "import bayesglmm as bg\nmodel = bg.specify('y ~ x')\n\ndef data():\n    return 3\n",
        "data=3 is no DataFrame",
    ),
    "data without file": (
        "import bayesglmm as bg\nmodel = bg.specify('y ~ x')\n\n"
        "def data():\n    return bg.datasets.load('crosover')\n",
        "Did you mean 'crossover'?",
    ),
    "not text": (b"\xff\xfe\x00model", "UnicodeDecodeError"),
}


def test_several_variants_stand_side_by_side(folder, fitted, run):
    found = run("report", "counts.py", "--side-by-side")
    assert found.code == 0, found.err
    html = (folder / "counts-side-by-side.report.html").read_text(encoding="utf-8")
    assert len(fitted) == 2
    for words in ("Side by side", "main model", "no groups", "y ~ x + (1 | g)"):
        assert words in html
    assert "no groups: The fit converged" in found.out
    named = run("report", "counts.py", "--variant", "no groups", "--variant", "no groups")
    assert named.code == 0
    assert len(fitted) == 3  # the same name once


def test_a_mistake_in_one_file_does_not_lose_the_others(folder, fitted, run):
    (folder / "wrong.py").write_text("model = 3\n", encoding="utf-8")
    (folder / "more.py").write_text(SPEC % ROWS, encoding="utf-8")
    found = run("report", "counts.py", "wrong.py", "more.py", "-o", "all")
    assert found.code == 2
    assert "wrong.py defines no model" in found.err
    assert sorted(path.name for path in (folder / "all").iterdir()) == [
        "counts.report.html",
        "more.report.html",
    ]
    assert "[3 of 3] more.py" in found.out
    assert len(fitted) == 2


@pytest.mark.usefixtures("folder")
def test_several_reports_do_not_fit_into_one_file(fitted, run):
    found = run("report", "counts.py", "counts.py", "-o", "r.html")
    assert found.code == 2
    assert "Name a folder: -o reports" in found.err
    assert fitted == []


@pytest.mark.parametrize("command", ["report", "fit"])
@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_spec_file(folder, run, fitted, command, content, message):
    path = folder / "broken.py"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = run(command, "broken.py")
    assert found.code == 2
    assert message in found.err
    assert "Traceback" not in found.err + found.out
    assert fitted == []
    assert list(folder.glob("*.html")) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("report", "none.py"), "There is no spec file 'none.py'"),
        (("report", "."), "There is no spec file '.'"),
        (("report", "counts.py", "--variant", "no group"), "Did you mean 'no groups'?"),
        (("report", "counts.py", "--data", "none.csv"), "'none.csv' cannot be read"),
        (("report", "counts.py", "--data", "."), "'.' cannot be read"),
        (("report", "counts.py", "--data", "empty.csv"), "'empty.csv' cannot be read"),
        (("report", "counts.py", "--data", "other.csv"), "There is no column 'g'"),
        (("report", "counts.py", "-o", "."), "cannot be written to '.'"),
        (("report", "counts.py", "-o", "rows.csv/r.html"), "cannot be made"),
        (("report", "counts.py", "-o", "r.pdf"), "'r.pdf' names no format of reports"),
        (("report", "counts.py", "--draws", "many"), "--draws"),
        (("report", "counts.py", "--color"), "--color"),
        (("reprot", "counts.py"), "reprot"),
        (("report",), "SPEC"),
    ],
)
def test_bad_arguments(folder, run, fitted, arguments, message):
    (folder / "empty.csv").write_text("", encoding="utf-8")
    (folder / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    found = run(*arguments)
    assert found.code == 2
    assert message in found.err
    assert "Traceback" not in found.err + found.out
    assert fitted == []


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--draws", "10", "draws=10 must be a whole number, 100 or more"),
        ("--seed", "-1", "seed=-1"),
        ("--engine", "nutpi", "Did you mean 'nutpie'?"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_settings_are_refused_before_sampling(run, monkeypatch, option, value, message):
    monkeypatch.setattr("bayesglmm.model.Model.pymc", None)  # no graph is needed to refuse
    found = run("fit", "counts.py", option, value)
    assert found.code == 2
    assert message in found.err
    assert "Traceback" not in found.err


def test_the_program_itself(folder):
    code = "from bayesglmm.cli import main; main()"
    found = subprocess.run(
        [sys.executable, "-c", code, "fit", "none.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert found.returncode == 2
    assert "SpecError: There is no spec file 'none.py'." in found.stderr
    assert "Traceback" not in found.stderr
    assert found.stdout == ""
