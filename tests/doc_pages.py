"""Pages of documentation: their code, run in order, and the outputs that stand beneath it.

`python tests/doc_pages.py docs/start.md` runs a page and writes what its code prints into it.

In a page the blocks marked ``python`` are run in order in one namespace, as in a notebook; a block
marked ``text`` directly after one holds what it prints, or the value of its last expression. Blocks
marked ``pycon`` are doctests. ``...`` stands for any text.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import os
import re
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
LARGE = 200
"""Whole numbers from here on are sample sizes and the like, which differ between machines."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its content, and where the content stands in the page."""

    language: str
    content: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """Code to run, what it should print, and where that stands in the page (None if nowhere)."""

    source: str
    mode: str
    wanted: str
    start: int | None
    end: int | None


def blocks(text: str) -> list[Block]:
    return [
        Block(found[1], found[2], found.start(2), found.end(2)) for found in FENCE.finditer(text)
    ]


def steps(text: str) -> Iterator[Step]:
    """What a page runs, in order."""
    found = blocks(text)
    following = [*found[1:], Block("", "", len(text), len(text))]
    for block, after in zip(found, following, strict=True):
        if block.language == "pycon":
            yield from _examples(block)
        elif block.language == "python":
            between = text[block.end + len("```") : after.start].split()
            shown = after.language == "text" and between == ["```text"]
            place = (after.start, after.end) if shown else (None, None)
            yield Step(block.content, "exec", after.content if shown else "", *place)


def _examples(block: Block) -> Iterator[Step]:
    """The doctests of a block."""
    place = block.start
    for part in doctest.DocTestParser().parse(block.content):
        if isinstance(part, str):
            place += len(part)
            continue
        code = "".join(
            f"{'... ' if number else '>>> '}{line}\n".replace("... \n", "...\n")
            for number, line in enumerate(part.source.splitlines())
        )
        assert block.content[place - block.start :].startswith(code), part.source
        place += len(code)
        yield Step(part.source, "single", part.want, place, place + len(part.want))
        place += len(part.want)


def run(step: Step, names: dict[str, Any]) -> str:
    """What a step prints; the value of a last expression too, as in a notebook."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        if step.mode == "single":
            exec(compile(step.source, "<docs>", "single"), names)
        else:
            tree = ast.parse(step.source)
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<docs>", "exec"), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<docs>", "eval"), names)
                if value is not None:
                    print(repr(value))
    lines = [line.rstrip() for line in said.getvalue().strip("\n").splitlines()]
    return "".join(f"{line}\n" for line in lines)


def agree(wanted: str, got: str) -> bool:
    """Whether two outputs are the same but for spaces, ``...`` and Monte Carlo error."""
    pattern = re.escape(" ".join(wanted.split())).replace(r"\.\.\.", ".*?")
    number = r"\d[\d,]*(?:\\\.\d+)?"  # escaped
    pattern = re.sub(number, lambda _: f"({NUMBER.pattern})", pattern)
    found = re.fullmatch(pattern, " ".join(got.split()), re.DOTALL)
    if found is None:
        return False
    expected = NUMBER.findall(wanted)
    return all(_near(a, b) for a, b in zip(expected, found.groups(), strict=True))


def _near(wanted: str, got: str) -> bool:
    """Within three units of the last digit that says something, as Monte Carlo error leaves it."""
    whole, _, decimals = wanted.replace(",", "").partition(".")
    zeros = 0 if decimals else len(whole) - len(whole.rstrip("0"))
    unit = 10.0 ** (zeros - len(decimals))
    expected, value = float(wanted.replace(",", "")), float(got.replace(",", ""))
    size = 0.25 * expected if not decimals and expected >= LARGE else 0.0
    return abs(expected - value) <= max(3.001 * unit, size)


def check(text: str, names: dict[str, Any], left_out: Collection[str] = ()) -> list[str]:
    """Run a page but for steps that hold a line left out; what does not print what it should."""
    wrong = []
    for step in steps(text):
        if any(line in step.source.splitlines() for line in left_out):
            continue
        got = run(step, names)
        if step.start is not None and not agree(step.wanted, got):
            wrong.append(f"{step.source}\nExpected:\n{step.wanted}\nGot:\n{got}")
    return wrong


def rewritten(text: str, names: dict[str, Any]) -> str:
    """The page with the outputs that do not agree replaced by what its code prints."""
    changes = []
    for step in steps(text):
        got = run(step, names)
        if step.start is not None and not agree(step.wanted, got):
            changes.append((step.start, step.end, got))
    for start, end, got in reversed(changes):
        text = text[:start] + got + text[end:]
    return text


def main() -> None:
    from unittest.mock import patch

    with patch("bayesglmm.report.ask_opinion", lambda *_: None):
        for path in [Path(name).resolve() for name in sys.argv[1:]]:
            with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
                text = path.read_text(encoding="utf-8")
                path.write_text(rewritten(text, {"__name__": "__main__"}), encoding="utf-8")
            print(os.path.relpath(path))


if __name__ == "__main__":
    main()
