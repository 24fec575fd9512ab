"""Reports in a row: one for each spec file, or the variants of one side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayesglmm.errors import BayesglmmError, SpecError
from bayesglmm.study import Study, read_study
from bayesglmm.tables.files import make_folder

if TYPE_CHECKING:
    import pandas as pd

    from bayesglmm.fit import Fit

MAIN = "main model"
"""What the spec `model` of a file is called beside its variants."""


@dataclass(frozen=True, slots=True)
class Job:
    """A report to write.

    Attributes
    ----------
    path : Path
        The spec file.
    variants : tuple of str or None
        Which of its specs; None is the model itself.
    target : Path
        The report.
    """

    path: Path
    variants: tuple[str | None, ...]
    target: Path


@dataclass(frozen=True, slots=True)
class Voice:
    """How a job speaks: what it did, what went wrong, and what it is at.

    Attributes
    ----------
    say, complain : callable
    """

    say: Callable[[str], None]
    complain: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Form:
    """What kind of report is written.

    Attributes
    ----------
    refits : bool
        Whether every model is fitted again under other priors.
    short : bool
        Whether it is told in short.
    check : tuple of str
        Reporting standards whose filled checklists are appended.
    """

    refits: bool = False
    short: bool = False
    check: tuple[str, ...] = ()


def make_jobs(
    paths: Sequence[Path],
    variants: Sequence[str],
    side_by_side: bool,
    output: Path | None,
    ending: str = ".html",
) -> list[Job]:
    """Which reports a command asks for.

    Parameters
    ----------
    paths : sequence of Path
        Spec files.
    variants : sequence of str
        Several of them stand side by side.
    side_by_side : bool
        The model and all its variants, where none are named.
    output : Path, optional
        The report; of several spec files, the folder of their reports.
    ending : str
        Of the names of reports: ``".html"``, or ``".docx"`` of Word documents.

    Returns
    -------
    list of Job

    Raises
    ------
    SpecError
        If several reports were to go into one file, or a file cannot be written.
    """
    if (
        len(paths) > 1
        and output is not None
        and (output.suffix in (".html", ".docx") or output.is_file())
    ):
        raise SpecError(
            f"{len(paths)} spec files give {len(paths)} reports, which cannot all be '{output}'. "
            "Name a folder: -o reports"
        )
    named: tuple[str | None, ...] = tuple(dict.fromkeys(variants)) or (None,)
    jobs = []
    for path in paths:
        every = side_by_side and not variants
        chosen = (None, *read_study(path).variants) if every else named
        name = Path(f"{_name(path, chosen)}.report{ending}")
        target = output / name if len(paths) > 1 and output else output or name
        if ending == ".docx" and target.suffix != ending:
            raise SpecError(f"A Word document cannot be called '{target}'. End it in .docx.")
        check_output(target)
        jobs.append(Job(path, chosen, target))
    return jobs


def _name(path: Path, variants: Sequence[str | None]) -> str:
    if len(variants) > 1:
        return f"{path.stem}-side-by-side"
    words = [] if variants[0] is None else variants[0].split()
    return "-".join([path.stem, *words])


def check_output(path: Path) -> None:
    """Refuse a file that cannot be written before the time is spent on sampling.

    Parameters
    ----------
    path : Path

    Raises
    ------
    SpecError
    """
    from bayesglmm.report import check_place

    check_place(path)
    make_folder(path)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise SpecError(f"The report cannot be written to '{path}'. Name a file: -o report.html")


def run_jobs(
    jobs: Sequence[Job],
    data: pd.DataFrame | None,
    settings: Mapping[str, Any],
    voice: Voice,
    form: Form = Form(),
) -> int:
    """Fit and write every report; where there are several, the failure of one is told and passed.

    Parameters
    ----------
    jobs : sequence of Job
    data : pandas.DataFrame, optional
        In place of the files' own.
    settings : mapping
        Keywords of `Model.fit`.
    voice : Voice
    form : Form

    Returns
    -------
    int
        The worst exit code: 0 converged, 1 not converged or points of a standard are open, 2 a
        mistake in spec or data.

    Raises
    ------
    BayesglmmError
        Where the only job has a mistake.
    """
    worst = 0
    for place, job in enumerate(jobs):
        if len(jobs) > 1:
            voice.say(f"[{place + 1} of {len(jobs)}] {job.path}")
        try:
            passed = _run(job, data, settings, voice, form)
        except BayesglmmError as error:
            if len(jobs) == 1:
                raise
            voice.complain(f"{type(error).__name__}: {error}")
            worst = 2
            continue
        worst = max(worst, 0 if passed else 1)
    return worst


def _run(
    job: Job,
    data: pd.DataFrame | None,
    settings: Mapping[str, Any],
    voice: Voice,
    form: Form,
) -> bool:
    """Write one report; whether all its fits converged and no point of a standard is open."""
    from bayesglmm.fits import make_report
    from bayesglmm.report import write_document

    study = read_study(job.path)
    fits: dict[str, Fit] = {}
    opinions: dict[str, Any] = {}
    for variant in job.variants:
        name = variant or MAIN
        fits[name], opinions[name] = _fit(study, variant, data, settings, voice)
    with stages() as watch:
        made = make_report(
            fits,
            opinions=opinions,
            refits=form.refits,
            short=form.short,
            check=form.check,
            notes=study.notes,
            watch=watch,
            **study.extras(),
        )
    for name, fit in fits.items():
        which = f"{name}: " if len(fits) > 1 else ""
        voice.say(f"{which}{fit.verdict.sentence()}")
    for found in (one for review in made.reviews for one in review.checklists):
        voice.say(found.sentence())
    voice.say(f"Report: {write_document(made, job.target)}")
    settled = not any(review.open for review in made.reviews)
    return settled and all(fit.verdict.passed for fit in fits.values())


def _fit(
    study: Study,
    variant: str | None,
    data: pd.DataFrame | None,
    settings: Mapping[str, Any],
    voice: Voice,
) -> tuple[Fit, Any]:
    """A fit, and bambi's opinion, which was asked for before the sampling began."""
    from bayesglmm.report import ask_opinion

    model = study.model(variant, data)
    voice.say(repr(model))
    opinion = ask_opinion(model.design, model.priors, model.forms)
    return model.fit(**settings), opinion


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """Tell on a terminal which part of a report is being made; elsewhere nothing.

    Yields
    ------
    callable
        Takes the name of a part.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Writing the report") as status:
        yield lambda name: status.update(f"Writing the report: {name}")
