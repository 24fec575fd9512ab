"""A script of another tool, with the data that it reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bayesglmm.errors import DataError, SpecError
from bayesglmm.tables.english import joined
from bayesglmm.tables.files import path_of

DATA = "data.csv"
"""What scripts call the file of their data, which stands in the same folder."""


@dataclass(frozen=True, slots=True, eq=False)
class Script:
    """A model in the language of another tool; printed, it is the script.

    Attributes
    ----------
    tool : str
        Such as ``"brms"``.
    text : str
        The script. It reads `data` from ``data.csv`` and ends with a fit, called ``fit`` or, in
        Python, ``idata``.
    data : pandas.DataFrame
        The rows used, each as often as its weight says, with the columns that the script names.
        Columns of truth values are 0 and 1.
    ending : str
        Of the script's file: ``".R"`` or ``".py"``.
    """

    tool: str
    text: str
    data: pd.DataFrame
    ending: str

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write the script and its data into a folder, where it then runs.

        Parameters
        ----------
        folder : path
            Made where there is none.
        overwrite : bool
            Whether files of these names that are there may be replaced.

        Returns
        -------
        Path
            Of the script: ``script.R`` or ``script.py``; ``data.csv`` stands beside it.

        Raises
        ------
        SpecError
            If `folder` is no path, or the name of a file.
        DataError
            If one of the two files is there already.
        """
        place = path_of(folder, "in_brms", "folder")
        if place.exists() and not place.is_dir():
            raise SpecError(f"{place} is a file. Give the name of a folder.")
        script, data = place / f"script{self.ending}", place / DATA
        there = [each.name for each in (script, data) if each.exists()]
        if there and not overwrite:
            raise DataError(
                f"{place} holds {joined(there)} already. Choose another folder, or replace "
                f"{'it' if len(there) == 1 else 'them'} with overwrite=True."
            )
        place.mkdir(parents=True, exist_ok=True)
        self.data.to_csv(data, index=False)
        script.write_text(self.text, encoding="utf-8")
        return script

    def __repr__(self) -> str:
        return self.text
