"""Execute the notebooks of the case studies in place, and write their reports beside them.

    python case_studies/run.py                 # all of them
    python case_studies/run.py crossover       # one

A notebook's parameters stand in the code cell tagged "parameters", and may be replaced.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
SPECS = {
    "back_pain": "back_pain.py",
    "crossover": "crossover.py",
    "election_polls": "election_polls.py",
    "gasoline": "gasoline.py",
    "maternal_mortality": "maternal_mortality.py",
    "ohio_lung_cancer": "ohio_lung_cancer.py",
    "skin_cancer": "skin_cancer.py",
    "webworms": "webworms.py",
    "wine": "wine.py",
}
"""Folder of each study, and its spec file in models/."""

SLOW = ("back_pain", "skin_cancer")
"""Studies whose models take long to sample; the reports of the others refit under other priors."""

LONGEST = 600
"""Seconds that a cell may take."""


def execute(path: Path, **parameters: Any) -> nbformat.NotebookNode:
    """Execute a notebook in its own folder.

    Parameters
    ----------
    path : Path
        Of the notebook; not altered.
    **parameters
        Stand in place of the cell tagged "parameters".

    Returns
    -------
    nbformat.NotebookNode
        With fresh outputs, and nothing that differs between two runs but these.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    if parameters:
        code = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
        parameter_cell(notebook)["source"] = code
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=LONGEST, kernel_name="python3", resources=resources).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # wall times
    notebook.metadata.pop("language_info", None)
    return notebook


def parameter_cell(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The one cell tagged "parameters"."""
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    return cell


def main() -> None:
    """Run the studies named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[[], *SPECS], help="studies; all if none")
    names = parser.parse_args().names or list(SPECS)
    for name in names:
        path = FOLDER / name / f"{name}.ipynb"
        print(f"{name}: notebook", flush=True)
        nbformat.write(execute(path), path)
        print(f"{name}: report", flush=True)
        spec, page = FOLDER.parent / "models" / SPECS[name], FOLDER / name / f"{name}.html"
        program = [sys.executable, "-m", "bayesglmm", "report", str(spec), "-o", str(page)]
        subprocess.run(program + (["--refits"] if name not in SLOW else []), check=True)


if __name__ == "__main__":
    main()
