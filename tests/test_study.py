"""Spec files: what they may define, and how their mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

import bayesglmm as bg
from bayesglmm.errors import DataError, SpecError

SPEC = """
import pandas as pd
import bayesglmm as bg

model = bg.specify("y ~ x")
variants = {"squared": bg.specify("y ~ I(x**2)"), "longer": bg.specify("y ~ x")}

def data():
    return pd.DataFrame({"x": [1.0, 2.0, 4.0], "y": [1.0, 2.0, 2.5]})

def longer():
    return pd.DataFrame({"x": [1.0, 2.0, 4.0, 5.0], "y": [1.0, 2.0, 2.5, 1.0]})

variant_data = {"longer": longer}

def geography():
    return "a map"

def broken():
    return 1 / 0
"""


@pytest.fixture
def study(tmp_path: Path) -> bg.Study:
    path = tmp_path / "six.py"
    path.write_text(SPEC, encoding="utf-8")
    return bg.read_study(path)


@pytest.mark.parametrize(("variant", "rows"), [(None, 3), ("squared", 3), ("longer", 4)])
def test_a_variant_meets_its_own_data_or_that_of_the_file(study, variant, rows):
    model = study.model(variant)
    assert model.design.n == rows
    assert model.spec == study.spec(variant)


def test_other_data_take_the_place_of_the_files(study):
    assert study.model(data=study.data().iloc[:2].copy()).design.n == 2


def test_optional_functions(study):
    assert study.variants == ("squared", "longer")
    assert study.extra("geography") == "a map"
    assert study.extra("population") is None
    with pytest.raises(SpecError, match="line 20: ZeroDivisionError"):
        study.extra("broken")


@pytest.mark.parametrize(
    ("code", "error", "message"),
    [
        ("model = 3", SpecError, "defines no model. Write: model = bayesglmm.specify"),
        ("import nothing_of_this_name", SpecError, "line 1: ModuleNotFoundError"),
        ("x = (", SpecError, "line 1"),
        (SPEC.replace("def data", "def other"), SpecError, "brings no data"),
        (SPEC.replace("y ~ x", "y ~ z"), DataError, "no column 'z'"),
    ],
)
def test_mistakes_of_a_file_are_told_with_their_place(tmp_path, code, error, message):
    path = tmp_path / "bad.py"
    path.write_text(code, encoding="utf-8")
    with pytest.raises(error, match=message):
        bg.read_study(path).model()


def test_an_unknown_variant_or_file(study, tmp_path):
    with pytest.raises(SpecError, match="Did you mean 'longer'"):
        study.spec("long")
    with pytest.raises(SpecError, match="There is no spec file"):
        bg.read_study(tmp_path / "none.py")


def test_a_study_shows_what_it_defines(tmp_path):
    path = tmp_path / "spec.py"
    path.write_text(
        "import bayesglmm as bg\n"
        "model = bg.specify('y ~ x', family='poisson')\n"
        "variants = {'empty': bg.specify('y ~ 1', family='poisson')}\n"
    )
    assert repr(bg.read_study(path)) == f"Study {path}\n  variant 'empty'"
