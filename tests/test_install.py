"""README installs what a user needs with one command, and what the tests need with the other."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TOOLS = {"ipykernel", "mypy", "nbclient", "nbformat", "pytest", "ruff", "selenium", "statsmodels"}
"""What only tests and notebooks need."""
BROUGHT = {"arviz_stats": "arviz", "markupsafe": "jinja2", "pytensor": "pymc"}
"""Imported packages that come with a named one, which is built on them."""
OPTIONAL = {"docx", "graphviz", "lxml", "sklearn"}
"""Imported where a user asks for a Word document (lxml comes with docx), a picture of the graph or
an estimator of scikit-learn, or told to install."""


def plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ]", requirement)[0].lower()


NEEDED = {plain(one) for one in PROJECT["dependencies"]}


def imported() -> set[str]:
    """Packages of others that bayesglmm imports anywhere."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "bayesglmm").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {item.name for node in nodes if isinstance(node, ast.Import) for item in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - {"bayesglmm"}


def test_a_user_has_what_is_imported_and_no_tools():
    packages = {BROUGHT.get(name, name) for name in imported() - OPTIONAL}
    assert packages <= NEEDED
    assert not NEEDED & TOOLS


def test_tests_have_their_tools():
    extras = PROJECT["optional-dependencies"]
    needed = {plain(one) for one in extras["test"] + extras["notebook"]}
    assert needed >= {*TOOLS, "pytest-xdist"}


def test_readme_installs_twice():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    first, second, *_ = re.findall(r"pip install -c constraints.txt (\S+)", text)
    assert (first, second) == (".", "'.[test]'")
    runs = re.findall(r"pip install -c constraints.txt '?\.\S*( && [^\n]+)", text)
    assert runs[0].startswith(" && .venv/bin/bayesglmm report")
    assert runs[1] == " && .venv/bin/pytest -n 2 --dist worksteal"


@pytest.mark.parametrize("folder", ["bayesglmm", "docs", "case_studies"])
def test_nothing_is_said_to_be_on_an_index(folder):
    """A checkout is installed, or a package by its own name."""
    for path in (ROOT / folder).rglob("*"):
        if path.suffix in {".py", ".md", ".ipynb", ".html"}:
            assert "bayesglmm[" not in path.read_text(encoding="utf-8"), path
