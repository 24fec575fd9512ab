"""Every fit and every simulation of the tests shifts with BAYESGLMM_SEED_SHIFT."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.py"))
CALLS = {"fit", "refit", "preview", "simulate", "prior_predictive"}
SETTINGS = {"test_settings.py", "test_spec_code.py", "seeds.py"}
"""Files in which a seed is what is looked at."""


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("file", [file for file in FILES if Path(file).name not in SETTINGS])
def test_seeds_are_shifted(file):
    for call in calls(ast.parse((HERE / file).read_text(encoding="utf-8"))):
        if ast.unparse(call.func).rpartition(".")[2] in CALLS:
            given = [word.value for word in call.keywords if word.arg == "seed"]
            fixed = [one for one in given if isinstance(one, ast.Constant) and one.value != -1]
            assert not fixed, f"line {call.lineno}: seed=seed(...) of tests/seeds.py"


@pytest.mark.parametrize("file", [file for file in FILES if Path(file).name not in SETTINGS])
def test_fixed_data_say_why(file):
    """A generator that is not shifted makes data of a known answer, and a comment says so."""
    for number, line in enumerate((HERE / file).read_text(encoding="utf-8").splitlines(), 1):
        if "np.random.default_rng(" in line and Path(file).name != Path(__file__).name:
            assert "# " in line, f"line {number}: generator(...) of tests/seeds.py"
