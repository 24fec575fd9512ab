"""Pages of documentation: their code, run in order, and the outputs that stand beneath it.

`python tests/doc_pages.py docs/start.md` runs a page and writes what its code prints into it, all
of it, so that the numbers of a page are those of one run.

In a page the blocks marked ``python`` are run in order in one namespace, as in a notebook; a block
marked ``text`` directly after one holds what it prints, or the value of its last expression. Blocks
marked ``pycon`` are doctests. ``...`` stands for any text. Draws repeat on one machine, not on
others, so numbers are compared within what other draws of the posterior may give, words exactly.
The data of a page stay as they are; the seeds of its fits are shifted as in the tests. Pictures
that a page shows are those that its code saves.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seeds import seed

import bayesglmm

IMAGE = re.compile(r"!\[[^\]]+\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?")
LARGE = 200
"""Whole numbers from here on are effective sample sizes and the like."""
LEFT = re.compile(
    r"(?:Digits that the Monte Carlo error|The estimates have two digits)[^.]*\.|, doubtful by k"
)
"""Which digits are left out is a matter of the draws, and so are the words about them. So is
whether a Pareto k lies above its bound: estimated from a tail of draws, it scatters by 0.05."""
UNITS = 9
"""Units of its last digit that a number may be off.

A number is printed with no digit below its Monte Carlo error (`tables/numbers.py`): the difference
of two runs has a standard error of at most 1.4 units, mostly a third of that; rounding adds one."""
SHARES = 0.3
"""Part by which numbers of three decimals and more may be off: sensitivities, weights and
diagnostics, which have no Monte Carlo error of their own."""
FIT = re.compile(r"(\.(?:fit|refit|preview)\([^()]*\bseed=)(\d+)")


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


def images(text: str) -> list[str]:
    """The pictures that a page shows, which its code saves under their names."""
    return IMAGE.findall(text)


def run(step: Step, names: dict[str, Any]) -> str:
    """What a step prints; the value of a last expression too, as in a notebook."""
    said = io.StringIO()
    source = FIT.sub(lambda call: f"{call[1]}{seed(int(call[2]))}", step.source)
    with contextlib.redirect_stdout(said):
        if step.mode == "single":
            _interactive(source, names)
        else:
            tree = ast.parse(source)
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<docs>", "exec"), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<docs>", "eval"), names)
                if value is not None:
                    print(repr(value))
    lines = [line.rstrip() for line in said.getvalue().strip("\n").splitlines()]
    if step.mode == "single":
        lines = [line or "<BLANKLINE>" for line in lines]
    return "".join(f"{line}\n" for line in lines)


def _interactive(source: str, names: dict[str, Any]) -> None:
    """As at the prompt, where an error is printed."""
    try:
        exec(compile(source, "<docs>", "single"), names)
    except bayesglmm.BayesglmmError as error:
        home = type(error)
        print(
            f"Traceback (most recent call last):\n...\n{home.__module__}.{home.__name__}: {error}"
        )


def agree(wanted: str, got: str) -> bool:
    """Whether two outputs are the same but for spaces, ``...`` and Monte Carlo error."""
    expected, found = (re.sub(r"\s+|[<>]", " ", text) for text in (wanted, got))
    expected, found = (LEFT.sub("", text).strip() for text in (expected, found))
    expected, found = (re.sub(" +", " ", text) for text in (expected, found))
    pattern = re.escape(NUMBER.sub("\0", expected)).replace(re.escape("..."), ".*?")
    numbers = re.fullmatch(pattern.replace("\0", f"({NUMBER.pattern})"), found)
    if numbers is None:
        return False
    pairs = zip(NUMBER.findall(expected), numbers.groups(), strict=True)
    return all(_near(a, b) for a, b in pairs)


def _near(wanted: str, got: str) -> bool:
    """Whether two numbers may be of the same quantity under other draws."""
    a, b = (float(text.replace(",", "")) for text in (wanted, got))
    if "." not in wanted and min(a, b) >= LARGE:
        return max(a, b) <= 5 * min(a, b)
    unit, size = max(_unit(wanted), _unit(got)), max(abs(a), abs(b))
    return abs(a - b) <= max((UNITS + 0.001) * unit, SHARES * size if unit < 0.01 else 0.0)


def _unit(number: str) -> float:
    """One in the last digit that says something."""
    whole, _, decimals = number.lstrip("-").replace(",", "").partition(".")
    zeros = 0 if decimals else len(whole) - len(whole.rstrip("0"))
    return float(10.0 ** (zeros - len(decimals)))


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
    """The page with its outputs replaced by what its code prints, but for any that use ``...``."""
    changes = []
    for step in steps(text):
        got = run(step, names)
        if step.start is not None and not ("..." in step.wanted and agree(step.wanted, got)):
            changes.append((step.start, step.end, got))
    for start, end, got in reversed(changes):
        text = text[:start] + got + text[end:]
    return text


def main() -> None:
    from unittest.mock import patch

    with patch("bayesglmm.report.from_fit.ask_opinion", lambda *_: None):
        for path in [Path(name).resolve() for name in sys.argv[1:]]:
            with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
                text = path.read_text(encoding="utf-8")
                path.write_text(rewritten(text, {"__name__": "__main__"}), encoding="utf-8")
                for image in images(text):
                    shutil.copy(Path(image).name, path.parent / image)
            print(os.path.relpath(path))


if __name__ == "__main__":
    main()
