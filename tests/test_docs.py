"""The documentation runs, its outputs are real, and its links lead somewhere."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from doc_pages import agree, blocks, check, images

import bayesglmm
from bayesglmm.calibration import Calibration
from bayesglmm.cli import app
from bayesglmm.tables import Summary, Table

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
NOT_RUN = {
    "CONTRIBUTING.md": "has no Python",
    "docs/README.md": "has no Python",
    "docs/coming-from.md": "short phrases in tables; has no Python blocks",
    "docs/audit.md": "speaks of a model that the reader has",
    "docs/benchmarks.md": "has no Python",
    "docs/decisions.md": "has no Python",
    "docs/estimands.md": "has no Python",
    "docs/families.md": "has no Python; its tables are made by tests/family_page.py",
    "docs/engine.md": "has no Python",
    "docs/likelihood.md": "speaks of a model that the reader has; the how-to page runs the calls",
    "docs/poststratification.md": "has no Python; its study needs data files",
    "docs/suppressed.md": "speaks of data that the reader has; the how-to page runs it",
    "docs/validation.md": "has no Python",
    "docs/variance.md": "speaks of a model that the reader has; the how-to page runs the calls",
}
"""Pages whose code is compiled but not run, and why."""
LEFT_OUT = {
    "docs/start.md": ('fit.report("crossover.html")',),
    "docs/how-to/graph.md": (
        "with model.pymc:",
        'other.fit(engine="nutpie", draws=300, tune=400, seed=1).engine.engine',
    ),
    "docs/how-to/sensitivity.md": (
        "judged = fit.sensitivity(refits=True, progress=False)",
        "judged.spreads",
    ),
}
"""Lines of blocks that are not run: compiling a graph takes half a minute, ten refits some seconds.
Tests of samplers and of sensitivity make the same calls; README.md writes the report of start.md.
"""
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_pages_that_do_not_run_are_there():
    assert set(NOT_RUN) <= {name(path) for path in PAGES}


@pytest.mark.parametrize("path", [path for path in PAGES if name(path) not in NOT_RUN], ids=name)
def test_page_runs(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = path.read_text(encoding="utf-8")
    left_out = LEFT_OUT.get(name(path), ())
    assert all(text.count(f"\n{line}\n") == 1 for line in left_out)
    assert check(text, {"__name__": "__main__"}, left_out) == []


@pytest.mark.parametrize("path", [path for path in PAGES if name(path) in NOT_RUN], ids=name)
def test_code_compiles(path):
    for block in blocks(path.read_text(encoding="utf-8")):
        if block.language == "python":
            ast.parse(block.content)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pictures_are_there_and_are_those_that_the_code_saves(path):
    text = path.read_text(encoding="utf-8")
    for image in images(text):
        assert (path.parent / image).is_file(), image
        assert f'save("{Path(image).name}"' in text, image


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links(path):
    text = path.read_text(encoding="utf-8")
    for block in reversed(blocks(text)):
        text = text[: block.start] + text[block.end :]
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        found = path if not place else path.parent / place
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found), target


def anchors(path: Path) -> set[str]:
    """Those of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", head.strip().lower()) for head in heads)
    return {head.replace(" ", "-") for head in plain}


@pytest.mark.parametrize(
    ("wanted", "got", "same"),
    [
        ("OR 0.43  0.2", "OR 0.41 0.2", True),
        ("OR 0.43", "OR 0.73", False),
        ("IRR 1.60", "IRR 1.48", False),
        ("IRR 1.60", "IRR 1.6", True),
        ("IRR 1.60", "IRR 1.66", True),
        ("weight 0.263", "weight 0.284", True),
        ("R-hat 1.0049", "R-hat 1.0100", True),
        ("OR 0.43", "RR 0.43", False),
        ("of 134 rows", "of 67 rows", False),
        ("ess 1,233", "ess 2,400", True),
        ("ess 1,233", "ess 6,400", False),
        ("upper 50", "upper 60", True),
        ("lower -0.01", "lower 0.02", True),
        ("lower -1.5", "lower 1.5", False),
        ("P <0.001 of x2", "P 0.002 of x2", True),
        ("a best b worse; fails", "a best, doubtful by k b worse, doubtful by k; fails", True),
        ("a best b worse, doubtful by k", "a worse, doubtful by k b best", False),
        ("P 0.001 of x2", "P 0.001 of x3", False),
        ("a ... c 1.0", "a b 7 c 1.0", True),
        ("a. The estimates have two digits; fit(ess=9_000)\n  gives three. b", "a.\nb", True),
    ],
)
def test_outputs_are_compared(wanted, got, same):
    assert agree(wanted, got) is same


FACES = {
    "model": bayesglmm.Model,
    "fit": bayesglmm.Fit,
    "calibration": Calibration,
    "study": bayesglmm.Study,
    "table": Table,
    "summary": Summary,
}
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


def signatures() -> dict[str, str]:
    """Every public name and method as a heading of the reference says it."""
    found = {f"bg.{key}": getattr(bayesglmm, key) for key in bayesglmm.__all__}
    for face, kind in FACES.items():
        members = inspect.getmembers_static(kind)
        found |= {
            f"{face}.{key}": member
            for key, member in members
            if not key.startswith("_") and not inspect.ismemberdescriptor(member)
        }
    return {
        key: key + arguments(thing, "." in key[3:] or key[:2] != "bg")
        for key, thing in found.items()
    }


def arguments(thing: object, method: bool) -> str:
    """A signature without annotations; nothing for what is not called."""
    if not callable(thing) or (isinstance(thing, type) and issubclass(thing, Exception)):
        return ""
    given = inspect.signature(thing)
    plain = [each.replace(annotation=each.empty) for each in given.parameters.values()]
    return str(inspect.Signature(plain[1:] if method else plain))


@pytest.mark.parametrize(("key", "heading"), signatures().items())
def test_reference_is_complete(key, heading):
    assert f"\n### `{heading}`\n" in REFERENCE, key


@pytest.mark.parametrize("face", FACES)
def test_reference_names_attributes(face):
    for field in getattr(FACES[face], "__dataclass_fields__", ()):
        assert re.search(rf"`{face}\.{field}\b", REFERENCE), field


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_named_calls_exist(path):
    made = {"spec", "design", "priors", "forms", *bayesglmm.Fit.__dataclass_fields__, "py"}
    text = path.read_text(encoding="utf-8")
    code = "\n".join([*re.findall(r"`[^`\n]+`", text), *(block.content for block in blocks(text))])
    for face, member in re.findall(r"(?<![\w./])(bg|model|fit|study)\.([a-zA-Z]\w*)", code):
        known = bayesglmm if face == "bg" else FACES[face]
        assert hasattr(known, member) or (face != "bg" and member in made), (face, member)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_commands_exist(path):
    from typer.main import get_command

    commands = get_command(app).commands
    for block in blocks(path.read_text(encoding="utf-8")):
        lines = block.content.splitlines() if block.language == "sh" else []
        for line in lines:
            words = shlex.split(line, comments=True)
            places = [k for k, word in enumerate(words) if re.fullmatch(r"(.*/)?bayesglmm", word)]
            for command, *rest in (words[place + 1 :] for place in places):
                known = {flag for each in commands[command].params for flag in each.opts}
                assert {word for word in rest if word.startswith("-")} <= known | {"--help"}, line


def test_reference_shows_one_fit():
    """Wherever they are printed, ratio and coefficient are of one posterior."""
    found = [float(text) for text in re.findall(r"sex\[male\] +(\d\.\d\d+)", REFERENCE)]
    ratios, coefficients = ([one for one in found if (one > 1) is above] for above in (True, False))
    assert len(ratios) > 3
    assert len(set(ratios)) == 1
    assert np.exp(coefficients) == pytest.approx(ratios[0], rel=0.01)
