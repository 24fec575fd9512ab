"""Data sets of the examples, each with its origin and its caveats.

The crossover trial is built from its published counts. The others are files that are looked for
in the folder named by ``BAYESGLMM_DATA``, then in the user's cache; nothing is downloaded.
"""

from __future__ import annotations

from bayesglmm.datasets.catalogue import DATASETS, MAPS, Dataset
from bayesglmm.datasets.crossover import CROSSOVER_CELLS
from bayesglmm.datasets.loading import FOLDER_VARIABLE, find_file, load, load_geojson

__all__ = [
    "CROSSOVER_CELLS",
    "DATASETS",
    "FOLDER_VARIABLE",
    "MAPS",
    "Dataset",
    "find_file",
    "load",
    "load_geojson",
]
