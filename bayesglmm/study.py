"""Spec files: a model, its variants and its data, in one Python file."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bayesglmm.errors import BayesglmmError, SpecError, unknown

if TYPE_CHECKING:
    import pandas as pd

    from bayesglmm.model import Model
    from bayesglmm.spec import ModelSpec

EXTRAS = ("population", "geography")
"""Optional functions of a spec file whose results a report takes as keywords."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Study:
    """What a spec file defines.

    Attributes
    ----------
    path : Path
        The file.
    names : mapping
        What it defines, by name: ``model`` (a `ModelSpec`); perhaps ``variants`` (name to
        `ModelSpec`), ``data`` (a function that returns a pandas DataFrame), ``variant_data``
        (variant to such a function, for variants with data of their own), ``notes``, and what
        `extra` gives.
    """

    path: Path
    names: Mapping[str, Any]

    def __repr__(self) -> str:
        return "\n  ".join([f"Study {self.path}", *(f"variant '{name}'" for name in self.variants)])

    @property
    def notes(self) -> Mapping[str, str]:
        """What the file says of points of reporting standards: ``notes``, a dictionary."""
        found: Mapping[str, str] = self.names.get("notes", {})
        return found

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants, as they stand in the file."""
        return tuple(self.names.get("variants", {}))

    def spec(self, variant: str | None = None) -> ModelSpec:
        """The spec of the file, or of one of its variants.

        Parameters
        ----------
        variant : str, optional

        Returns
        -------
        ModelSpec

        Raises
        ------
        SpecError
            If there is no such variant, or the file defines no model.
        """
        from bayesglmm.spec import ModelSpec

        variants = self.names.get("variants", {})
        if variant is not None and variant not in variants:
            raise SpecError(unknown(f"variant of {self.path}", variant, variants))
        chosen = self.names.get("model") if variant is None else variants[variant]
        if not isinstance(chosen, ModelSpec):
            raise SpecError(
                f"{self.path} defines no model. "
                "Write: model = bayesglmm.specify('y ~ x + (1 | g)', ...)."
            )
        return chosen

    def data(self, variant: str | None = None) -> pd.DataFrame:
        """The data that come with the file, or with one of its variants.

        Parameters
        ----------
        variant : str, optional

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        SpecError
            If the file brings no data, or its function fails.
        """
        make = self.names.get("variant_data", {}).get(variant) or self.names.get("data")
        if make is None:
            raise SpecError(
                f"{self.path} brings no data. Add --data FILE.csv, or define data() in the file."
            )
        frame: pd.DataFrame = _call(self.path, make)
        return frame

    def model(self, variant: str | None = None, data: pd.DataFrame | None = None) -> Model:
        """The spec met by its data.

        Parameters
        ----------
        variant : str, optional
        data : pandas.DataFrame, optional
            In place of the file's own.

        Returns
        -------
        Model

        Raises
        ------
        BayesglmmError
            As for `spec`, `data` and `Model`.
        """
        from bayesglmm.model import Model

        return Model(self.spec(variant), self.data(variant) if data is None else data)

    def extra(self, name: str) -> Any:
        """What an optional function of the file returns, such as ``geography()``.

        Parameters
        ----------
        name : str

        Returns
        -------
        object
            None where the file has no such function.

        Raises
        ------
        SpecError
            If the function fails.
        """
        make = self.names.get(name)
        return None if make is None else _call(self.path, make)

    def extras(self) -> dict[str, Any]:
        """What the file brings for its reports, by keyword of `Fit.report`."""
        return {name: self.extra(name) for name in EXTRAS if name in self.names}


def read_study(path: str | Path) -> Study:
    """Run a spec file; what goes wrong inside is told with its line, not with a traceback.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Study

    Raises
    ------
    SpecError
        If there is no such file, or it fails.
    """
    path = Path(path)
    if not path.is_file():
        raise SpecError(f"There is no spec file '{path}'.")
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.path.insert(0, str(path.parent.resolve()))  # a spec may import its neighbours
    try:
        _call(path, lambda: _run(path, vars(module)))
    except SyntaxError as error:
        raise SpecError(f"{path}, line {error.lineno}: {error.msg}.") from error
    finally:
        sys.path.pop(0)
    return Study(path, vars(module))


def _run(path: Path, names: dict[str, Any]) -> None:
    code = path.read_text(encoding="utf-8")
    exec(compile(code, str(path), "exec", dont_inherit=True), names)


def _call(path: Path, function: Callable[[], Any]) -> Any:
    """Call what a spec file defines; errors of Python's own are told with their line."""
    try:
        return function()
    except (BayesglmmError, SyntaxError):
        raise
    except Exception as error:
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == str(path)
        ]
        where = f", line {lines[-1]}" if lines else ""
        raise SpecError(f"{path}{where}: {type(error).__name__}: {error}.") from error
