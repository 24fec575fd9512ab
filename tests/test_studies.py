"""The studies are commands of their own; here each is imported, so that none goes stale unseen."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

STUDIES = Path(__file__).parents[1] / "studies"


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.py")), ids=lambda path: path.stem)
def test_a_study_can_be_imported(path, monkeypatch):
    monkeypatch.syspath_prepend(STUDIES)
    known = set(sys.modules)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, path.stem, module)
    spec.loader.exec_module(module)
    for name in set(sys.modules) - known:
        if (STUDIES / f"{name}.py").exists():
            monkeypatch.delitem(sys.modules, name)
