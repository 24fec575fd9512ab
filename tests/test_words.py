"""Words that belong to another school of inference are not used of a posterior."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from posterior_maker import count_fit, normal_fit

import bayesglmm
from bayesglmm.posterior.priors.table import prior_table

ROOT = Path(bayesglmm.__file__).parent
BANNED = re.compile(r"confiden|significan|p-value", re.IGNORECASE)
SIGNIFICANCE = re.compile(r"significan", re.IGNORECASE)
COMMANDS = ("cli.py",)
"""Files whose docstrings users read, as help texts."""


def spoken(path: Path) -> list[str]:
    """Strings of a module that may reach a user: all but docstrings and notes beside names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and path.name not in COMMANDS
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    ]


def banned(path: Path) -> re.Pattern[str]:
    """The room of the likelihood speaks its own language; no word is free in both."""
    own = path.relative_to(ROOT).parts[0] == "likelihood" if path.is_relative_to(ROOT) else False
    return SIGNIFICANCE if own else BANNED


@pytest.mark.parametrize(
    "path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_messages(path):
    assert [text for text in spoken(path) if banned(path).search(text)] == []


def test_templates():
    paths = list(ROOT.rglob("*.j2"))
    assert paths
    for path in paths:
        assert not BANNED.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("make", [count_fit, normal_fit])
def test_tables(make):
    fit = make()
    tables = [fit.table(), fit.ratios(), fit.fixef(), fit.predict(), fit.diagnose()]
    tables += [fit.avg_predictions(re="integrate"), fit.avg_comparisons("x"), fit.slopes("x")]
    tables.append(fit.variance())
    for group in fit.design.predictor.groups:
        tables += [fit.ranef(group.factor), fit.group_rates(group.factor)]
        tables.append(fit.population_interval(group.factor))
    tables.append(prior_table(fit.priors))
    tables.append(fit.parity())
    for table in tables:
        assert not BANNED.search(repr(table))
        assert not BANNED.search(table._repr_html_())


def test_the_search_finds_what_it_looks_for(tmp_path):
    path = tmp_path / "module.py"
    path.write_text('"""A confidence."""\nx = f"a {1} Confidence interval"\n', encoding="utf-8")
    assert [text for text in spoken(path) if BANNED.search(text)] == [" Confidence interval"]
