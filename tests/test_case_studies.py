"""Every notebook of the case studies runs from its first cell to its last, with small settings."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
STUDIES = ROOT / "case_studies"

_spec = importlib.util.spec_from_file_location("run_case_studies", STUDIES / "run.py")
run = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(run)

SMALL = {"ess": 200}


def notebook_of(name: str) -> Path:
    return STUDIES / name / f"{name}.ipynb"


def test_every_spec_is_a_case_study():
    assert set(run.SPECS.values()) == {path.name for path in (ROOT / "models").glob("*.py")}


@pytest.mark.parametrize("name", list(run.SPECS))
def test_a_study_is_whole(name: str):
    """Notebook executed without an error, report, and a page on what the source got right."""
    notebook = nbformat.read(notebook_of(name), as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert "error" not in kinds
    assert "stream" not in kinds, "a progress bar or a warning was printed"
    shown = "".join(str(output) for cell in cells for output in cell.outputs)
    assert "NOT converged" not in shown
    page = (STUDIES / name / f"{name}.html").read_text(encoding="utf-8")
    assert "NOT converged" not in page
    assert len((STUDIES / name / "findings.md").read_text(encoding="utf-8")) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("name", list(run.SPECS))
def test_a_notebook_runs(name: str, tmp_path: Path, request: pytest.FixtureRequest):
    if name not in ("crossover", "back_pain"):  # these two bring their data
        request.getfixturevalue("data_folder")
    (tmp_path / "models").symlink_to(ROOT / "models")
    folder = tmp_path / "case_studies" / name
    folder.mkdir(parents=True)
    copy = Path(shutil.copy(notebook_of(name), folder))
    source = run.parameter_cell(nbformat.read(copy, as_version=4))["source"]
    assert set(SMALL) <= {line.partition(" = ")[0] for line in source.splitlines()}
    run.execute(copy, **SMALL)
