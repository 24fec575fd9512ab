"""Nobody outside `families/` asks for a family, a link or a support by name.

What one wants to know of them is a property of theirs (`support.counts`, `link.multiplicative`,
`family.dispersion`), so that a new family is one file and a row. Exceptions are tables that hold
code for pairs of a family and a link, each with a reason.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import bayesglmm
from bayesglmm.families import FAMILIES

ROOT = Path(bayesglmm.__file__).parent
WORDS = {"beta", "lognormal"}
"""Names of families that are words for other things too: an argument, an approximation."""
FAMILY_NAMES = {family.name for family in FAMILIES} - WORDS
NAMED = {"family", "link", "support"}
SINGLE = {
    "families.gaussian",
    "families.binomial",
    "families.poisson",
    "families.negative_binomial",
}

EXCEPTIONS: dict[str, str] = {
    "engine/likelihoods/": "compiled likelihoods: code for a family and a link, in a table",
    "likelihood/derivatives.py": "derivatives: code for a family and a link, in tables",
    "spec/specifying.py": "the family that a model has where none is said",
    "report/equations.py": "how a link is written in MathML, where not by its own name",
    "posterior/hypotheses/patterns.py": "rows against those before them: no family",
    "crosscheck/densities.py": "what bambi rounds: a fact about bambi's probit link",
    "crosscheck/read_bambi.py": "names of families and links that bambi has, not ours",
    "estimators/": "the family that an estimator has where none is said",
}
"""File, or folder, to why it may."""

MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.py")
    if path.relative_to(ROOT).parts[0] != "families"
)


def excused(module: str) -> bool:
    """Whether a module is one of the exceptions, or in a folder that is."""
    return any(
        module == place or (place.endswith("/") and module.startswith(place))
        for place in EXCEPTIONS
    )


def asks(source: str) -> list[str]:
    """Where a module asks by name, in words."""
    tree = ast.parse(source)
    found = [
        f"line {node.lineno}: imports {node.module}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").removeprefix("bayesglmm.") in SINGLE
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            found += [f"line {node.lineno}: compares {ast.unparse(node)}"] * bool(
                any(map(is_name, sides)) and not all(map(is_name, sides))
            )
        elif asks_in(key_of(node)):
            found.append(f"line {node.lineno}: looks up {ast.unparse(node)}")
        elif isinstance(node, ast.Assign) and is_name(node.value) and is_variable(node.targets):
            found.append(f"line {node.lineno}: keeps {ast.unparse(node)}")
        elif isinstance(node, ast.Constant) and node.value in FAMILY_NAMES:
            found.append(f"line {node.lineno}: says {node.value!r}")
    return found


def is_name(node: ast.expr) -> bool:
    """Whether a node is ``...family.name``, ``...link.name`` or ``...support.name``, or several."""
    if isinstance(node, ast.Tuple):
        return bool(node.elts) and all(map(is_name, node.elts))
    if not isinstance(node, ast.Attribute) or node.attr != "name":
        return False
    owner = node.value
    return (isinstance(owner, ast.Attribute) and owner.attr in NAMED) or (
        isinstance(owner, ast.Name) and owner.id in NAMED
    )


def is_variable(targets: list[ast.expr]) -> bool:
    """Whether something is kept under a name of its own, to be asked later."""
    return any(isinstance(target, ast.Name) for target in targets)


def asks_in(key: ast.AST | None) -> bool:
    """Whether a key is, or holds, the name of a family, a link or a support."""
    nodes = [] if key is None else ast.walk(key)
    return any(isinstance(one, ast.expr) and is_name(one) for one in nodes)


def key_of(node: ast.AST) -> ast.AST | None:
    """The key of ``table[key]`` or ``table.get(key, ...)``."""
    if isinstance(node, ast.Subscript):
        return node.slice
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return node.args[0] if called and node.func.attr == "get" and node.args else None


@pytest.mark.parametrize("module", MODULES)
def test_nobody_asks_by_name(module: str) -> None:
    found = asks((ROOT / module).read_text(encoding="utf-8"))
    if not excused(module):
        assert not found, f"{module} asks by name; ask for a property instead: {found}"


@pytest.mark.parametrize("place", EXCEPTIONS)
def test_every_exception_is_in_use(place: str) -> None:
    inside = [module for module in MODULES if module == place or module.startswith(place)]
    assert any(asks((ROOT / module).read_text(encoding="utf-8")) for module in inside)


@pytest.mark.parametrize(
    "line",
    [
        "spec.family.name == 'poisson'",
        "link.name in ('log', 'identity')",
        "'count' != design.spec.family.support.name",
        "TABLE[design.spec.family.support.name]",
        "TABLE[family.name, link.name]",
        "TABLE.get(spec.link.name)",
        "kind = spec.family.support.name",
        "kind = 'gaussian'",
        "from bayesglmm.families.poisson import POISSON",
    ],
)
def test_what_counts_as_asking(line: str) -> None:
    assert asks(line)


@pytest.mark.parametrize(
    "line",
    [
        "print(spec.family.name, 'log')",
        "spec.family.support.counts",
        "link.multiplicative and names['log']",
        "small.link.name == large.link.name",
        "find_link(spec.family.links[0])",
        "written['link'] = spec.link.name",
        "from bayesglmm.families import Family, find_link",
    ],
)
def test_what_does_not(line: str) -> None:
    assert not asks(line)
