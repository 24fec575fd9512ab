"""Data sets read from files, whose checksums are known."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pandas as pd

from bayesglmm.datasets.catalogue import DATASETS, MAPS, Dataset
from bayesglmm.datasets.crossover import build_crossover
from bayesglmm.errors import DatasetError, unknown

FOLDER_VARIABLE = "BAYESGLMM_DATA"
"""Environment variable that names the folder of the files."""


def load(name: str) -> pd.DataFrame:
    """Load a data set of the examples.

    Parameters
    ----------
    name : str
        One of `DATASETS`, such as ``"crossover"`` or ``"ohio_cancer"``.

    Returns
    -------
    pandas.DataFrame
        With ``attrs["source"]`` and ``attrs["caveats"]``.

    Raises
    ------
    DatasetError
        If there is no such data set, its file is not found, or the file has changed.
    """
    for dataset in DATASETS:
        if dataset.name == name:
            frame = pd.read_csv(find_file(dataset)) if dataset.file else build_crossover()
            frame.attrs["source"] = f"{dataset.about}. {dataset.origin}."
            frame.attrs["caveats"] = dataset.caveats
            return frame
    raise DatasetError(unknown("data set", name, (dataset.name for dataset in DATASETS)))


def load_geojson(name: str) -> dict[str, Any]:
    """Load a map of the examples.

    Parameters
    ----------
    name : str
        One of `MAPS`, such as ``"ohio_counties_map"``.

    Returns
    -------
    dict
        The parsed FeatureCollection.

    Raises
    ------
    DatasetError
        As for `load`.
    """
    for dataset in MAPS:
        if dataset.name == name:
            content: dict[str, Any] = json.loads(find_file(dataset).read_text(encoding="utf-8"))
            return content
    raise DatasetError(unknown("map", name, (dataset.name for dataset in MAPS)))


def find_file(dataset: Dataset) -> Path:
    """Find the file of a data set and check that it is the one that was described.

    Parameters
    ----------
    dataset : Dataset

    Returns
    -------
    Path

    Raises
    ------
    DatasetError
        If it is nowhere, or differs from its checksum.
    """
    for folder in _folders():
        path = folder / dataset.file
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            if digest != dataset.sha256:
                raise DatasetError(
                    f"{path} is not the file this library describes: its SHA-256 is {digest}, not "
                    f"{dataset.sha256}. Replace it, or read your own file with pandas."
                )
            return path
    looked = " and ".join(str(folder) for folder in _folders())
    raise DatasetError(
        f"The data set '{dataset.name}' needs the file {dataset.file}, which is not in {looked}. "
        f"Original: {dataset.origin}. Put the file (SHA-256 {dataset.sha256}) into a folder and "
        f"set {FOLDER_VARIABLE} to it."
    )


def _folders() -> list[Path]:
    from platformdirs import user_cache_dir

    named = os.environ.get(FOLDER_VARIABLE)
    cache = Path(user_cache_dir("bayesglmm")) / "data"
    return [Path(named), cache] if named else [cache]
