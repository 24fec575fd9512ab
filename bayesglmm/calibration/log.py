"""The file of a calibration: a line that says of what it is, then a line for each replication.

A line is written whole as its replication ends, so that a run that is killed loses only what it
was at; a last line that was cut off is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bayesglmm import storage
from bayesglmm.calibration.replication import Replication
from bayesglmm.design.design import Design
from bayesglmm.engine.settings import Settings, make_settings
from bayesglmm.errors import DataError
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.spec.model import ModelSpec
from bayesglmm.version import __version__

KIND = "bayesglmm calibration"


@dataclass(frozen=True, slots=True)
class Heading:
    """Of what a file holds replications.

    Attributes
    ----------
    spec : ModelSpec
    digest : str
        Of the rows.
    priors : mapping
        That drew and that were fitted.
    asked : mapping
        Keywords of `make_settings` of the fits; the seed is that of the calibration.
    version : str
        Of the program.
    """

    spec: ModelSpec
    digest: str
    priors: Mapping[str, ChosenPrior]
    asked: Mapping[str, Any]
    version: str = __version__

    @property
    def settings(self) -> Settings:
        """All settings, those that were left out too."""
        return make_settings(**self.asked)


class Log:
    """Replications, kept in a file where there is one.

    Parameters
    ----------
    heading : Heading
    path : Path or None
        A new one is begun.
    known : iterable of Replication
        Those that the file holds.
    """

    def __init__(self, heading: Heading, path: Path | None, known: Iterable[Replication]) -> None:
        self.heading = heading
        self.path = path
        self.replications = {one.number: one for one in known}

    def add(self, replication: Replication) -> None:
        """Keep one more."""
        self.replications[replication.number] = replication
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line_of(replication))


def open_log(
    path: Path | None,
    design: Design,
    priors: Mapping[str, ChosenPrior],
    asked: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Log:
    """The file of a calibration, begun where there is none.

    Parameters
    ----------
    path : Path or None
        None keeps nothing.
    design : Design
    priors : mapping
    asked : mapping
        Keywords of `make_settings`, of a file that is begun.
    given : mapping
        Those that the user gave: a file that is there must have the same.

    Returns
    -------
    Log

    Raises
    ------
    DataError
        If the file is no calibration, or that of another model; it says in what it differs.
    """
    if path is None or not path.exists():
        heading = Heading(design.spec, storage.digest(design), priors, asked)
        if path is not None:
            storage.check_place(path, overwrite=False)
            storage.check_design(design)
            path.write_text(json.dumps(_packed(heading)) + "\n", encoding="utf-8")
        return Log(heading, path, ())
    heading, known = _read(path)
    other = storage.differences(heading, design, priors, given)
    ess = heading.asked.get("ess")
    if given.get("ess", ess) != ess:  # how long fits are is what is calibrated, too
        other.append(f"its ess is {ess}, not {given['ess']}")
    if heading.version != __version__:
        other.append(f"bayesglmm {heading.version} made it, and this is {__version__}")
    if other:
        raise DataError(
            f"{path} holds replications of another calibration: {'; '.join(other)}. Give another "
            "file, or delete this one."
        )
    return Log(heading, path, known)


def line_of(replication: Replication) -> str:
    """A replication as a line of JSON."""
    return json.dumps(asdict(replication)) + "\n"


def replication_of(line: str) -> Replication:
    """The replication that `line_of` wrote."""
    told: dict[str, Any] = json.loads(line)
    several = {name: tuple(values) for name, values in told.items() if isinstance(values, list)}
    return Replication(**{**told, **several})


def _packed(heading: Heading) -> dict[str, Any]:
    return {
        "kind": KIND,
        "version": heading.version,
        "digest": heading.digest,
        "spec": storage.pack_spec(heading.spec),
        "priors": storage.pack_chosen(heading.priors),
        "asked": dict(heading.asked),
    }


def _read(path: Path) -> tuple[Heading, list[Replication]]:
    """What a file says and holds; a line that was cut off is taken out of it."""
    storage.check_place(path, overwrite=True)
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    try:
        first, *rest = whole.decode("utf-8").splitlines()
        told = json.loads(first)
        if told["kind"] != KIND:
            raise ValueError(told["kind"])
        heading = Heading(
            storage.unpack_spec(told["spec"]),
            told["digest"],
            storage.unpack_chosen(told["priors"]),
            told["asked"],
            told["version"],
        )
        known = [replication_of(line) for line in rest]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} is no file of a calibration, or a damaged one. Give another name."
        ) from error
    if whole != content:
        with path.open("r+b") as file:
            file.truncate(len(whole))
    return heading, known
