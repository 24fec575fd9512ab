"""The structure of the package, drawn from its imports: rooms, arrows between them, circles.

    python tests/structure.py              # of this checkout
    python tests/structure.py FOLDER ...   # of others, side by side

A module imports another wherever it names it: inside functions, for types only, and through the
names of a package, as in ``from bayesglmm.tables import Table``, too. That Python runs the packages
above a module before it is not counted: a package names its modules for those outside of it.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1]
LARGEST = 5
"""Files and functions that are named."""

type Graph = dict[str, set[str]]
"""Module to the modules that it imports, all dotted."""


def modules(root: Path, package: str = "bayesglmm") -> dict[str, Path]:
    """The modules of a package, by their dotted names."""
    found = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def named(source: str) -> set[str]:
    """Dotted names that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import of {node.module}"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imports(root: Path, package: str = "bayesglmm") -> Graph:
    """Which module of a package imports which."""
    known = modules(root, package)
    graph: Graph = {}
    for module, path in known.items():
        names = named(path.read_text(encoding="utf-8"))
        homes = {_home(name, known) for name in names if name.split(".")[0] == package}
        graph[module] = {home for home in homes if home not in ("", module)}
    return graph


def _home(name: str, known: Mapping[str, Path]) -> str:
    """The module that a dotted name is found in."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def circles(graph: Graph) -> list[list[str]]:
    """Modules that reach each other, each circle sorted."""
    reached = {module: _reached(graph, module) for module in graph}
    found = {
        frozenset(other for other in reached[module] if module in reached[other])
        for module in graph
        if module in reached[module]
    }
    return sorted(sorted(circle) for circle in found)


def _reached(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    left = list(graph[start])
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += graph[module]
    return found


def layers(root: Path) -> tuple[str, ...]:
    """The layers from left to right, as CONTRIBUTING writes them down."""
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [written] = [block for block in text.split("```") if "tables <" in block]
    return tuple(written.replace("<", " ").split())


def room(module: str) -> str:
    """The layer of a module; empty for the package itself and what starts it."""
    name = [*module.split("."), ""][1]
    return "" if name == "__main__" else name


def arrows(graph: Graph) -> Counter[tuple[str, str]]:
    """Imports from one room to another."""
    pairs = ((room(one), room(other)) for one, others in graph.items() for other in others)
    return Counter((one, other) for one, other in pairs if one and one != other)


def backward(graph: Graph, order: Iterable[str]) -> list[tuple[str, str]]:
    """Arrows between rooms that run against the order of the layers, or to the package itself."""
    place = {name: rank for rank, name in enumerate(order)}
    return sorted(
        (one, other) for one, other in arrows(graph) if not other or place[other] > place[one]
    )


def code_lines(source: str) -> set[int]:
    """Lines that hold code: neither empty, nor a comment, nor a docstring."""
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    held: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in (*skipped, tokenize.ENDMARKER):
            held |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if _is_docstring(node):
            held -= _lines(node)
    return held


def _is_docstring(node: ast.AST) -> bool:
    """Whether a node is a text by itself: of a module, class or function, or below a constant."""
    alone = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return alone and isinstance(node.value.value, str)


def _lines(node: Any) -> set[int]:
    return set(range(node.lineno, node.end_lineno + 1))


def functions(source: str) -> list[tuple[str, int]]:
    """Functions and methods of a module, with their lines of code."""
    held = code_lines(source)
    return [
        (node.name, len(held & _lines(node)))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    ]


def draw(root: Path) -> str:
    """The structure of a checkout as Markdown."""
    paths = modules(root)
    sources = {module: path.read_text(encoding="utf-8") for module, path in paths.items()}
    size = {module: len(code_lines(source)) for module, source in sources.items()}
    length = [
        (f"{module}.{name}", held)
        for module, source in sources.items()
        for name, held in functions(source)
    ]
    graph, order, lines = imports(root), layers(root), sum(size.values())
    between, back, rings = arrows(graph), backward(graph, order), circles(graph)
    return "\n".join(
        [
            *_rooms(order, size, between),
            "",
            f"- {len(size)} files, {len(length):,} functions, {lines:,} lines of code; "
            f"{len(between)} arrows between rooms, of {sum(between.values()):,} imports.",
            f"- Arrows that run back: {len(back)}. {_listed(back)}",
            f"- Circles of modules: {len(rings)}. {_listed(rings)}",
            f"- Largest files: {_listed(_largest(size.items()))}",
            f"- Longest functions: {_listed(_largest(length))}",
        ]
    )


def _rooms(
    order: Iterable[str], size: Mapping[str, int], between: Mapping[tuple[str, str], int]
) -> list[str]:
    """A table with a row for each room."""
    lines = ["| room | files | lines of code | imports from |", "|---|---:|---:|---|"]
    for name in order:
        own = [module for module in size if room(module) == name]
        to = [f"{other} {between[name, other]}" for other in order if (name, other) in between]
        lines.append(f"| {name} | {len(own)} | {sum(size[m] for m in own):,} | {', '.join(to)} |")
    return lines


def _largest(sizes: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(sizes, key=lambda item: -item[1])[:LARGEST]


def _listed(items: Iterable[Iterable[object]]) -> str:
    parts = (" ".join(str(part).removeprefix("bayesglmm.") for part in item) for item in items)
    return "; ".join(parts)


if __name__ == "__main__":
    for folder in sys.argv[1:] or [str(HERE)]:
        print(f"{folder}\n\n{draw(Path(folder))}\n")
