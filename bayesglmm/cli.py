"""The command line: reports and fits from spec files."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bayesglmm.batch import Form, Voice, make_jobs, run_jobs
from bayesglmm.errors import BayesglmmError
from bayesglmm.files import read_data
from bayesglmm.study import Study, read_study
from bayesglmm.version import __version__

if TYPE_CHECKING:
    from bayesglmm.fit import Fit

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Bayesian generalised linear mixed models.\n\n"
    "A spec file is a Python file that defines [bold]model[/bold], made with "
    "bayesglmm.specify(...), and, where the data come with it, a function [bold]data()[/bold] that "
    "returns a pandas DataFrame. Other specs may stand in a dictionary [bold]variants[/bold].\n\n"
    "Start with:  bayesglmm report models/crossover.py",
)

SpecPath = Annotated[Path, typer.Argument(metavar="SPEC", help="Python file that defines `model`.")]
DataPath = Annotated[
    Path | None, typer.Option("--data", help="CSV file to use instead of the spec's data().")
]
Variant = Annotated[str | None, typer.Option(help="Name of a spec in the file's `variants`.")]
Kept = Annotated[
    Path | None,
    typer.Option("--fit", help="File of the fit: read where it is there, made where it is not."),
]
Standards = Annotated[
    list[str] | None,
    typer.Option("--check", help="Reporting standard: barg, robust, wambs, strobe or sampl."),
]
Seed = Annotated[int, typer.Option(help="Seed; the same seed repeats the fit.")]
Goal = Annotated[
    int | None,
    typer.Option(help="Effective sample size that every reported quantity gets (default 1000)."),
]
DrawCount = Annotated[int | None, typer.Option(help="Draws of each chain, in place of --ess.")]
Minutes = Annotated[
    float | None, typer.Option(help="Minutes after which to stop with what there is.")
]
Warmup = Annotated[int | None, typer.Option(help="Warm-up draws of each chain.")]
Target = Annotated[
    float | None, typer.Option(help="Target acceptance; higher takes smaller steps.")
]
Depth = Annotated[int, typer.Option(help="Doublings of a trajectory at most.")]
Engine = Annotated[
    str, typer.Option(help="kernel; or, on the PyMC graph, nutpie, pymc, numpyro or blackjax.")
]


@app.command()
def report(
    specs: Annotated[
        list[Path], typer.Argument(metavar="SPEC...", help="Python files that define `model`.")
    ],
    data: DataPath = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="File to write, .html or .docx; a folder for several."),
    ] = None,
    variant: Annotated[
        list[str] | None,
        typer.Option(help="Name of a spec in the file's `variants`; several stand side by side."),
    ] = None,
    side_by_side: Annotated[
        bool, typer.Option("--side-by-side", help="The model and all its variants on one page.")
    ] = False,
    refits: Annotated[
        bool, typer.Option("--refits", help="Fit again under other priors: stable, moves, flips.")
    ] = False,
    short: Annotated[
        bool, typer.Option("--short", help="Two printed pages in place of the whole report.")
    ] = False,
    docx: Annotated[
        bool, typer.Option("--docx", help="A Word document, with equations, tables and figures.")
    ] = False,
    check: Standards = None,
    seed: Seed = 1,
    ess: Goal = None,
    draws: DrawCount = None,
    max_minutes: Minutes = None,
    tune: Warmup = None,
    target_accept: Target = None,
    max_depth: Depth = 10,
    engine: Engine = "kernel",
) -> None:
    """Fit the model of a spec file and write its report: one HTML file, or a Word document.

    Several files give a report each; a mistake in one does not lose the others. Exit code 0 for
    fits that converged, 1 where one did not (its report says so at its top) or points of a standard
    are open, 2 for a mistake in spec or data.
    """
    jobs = make_jobs(specs, variant or (), side_by_side, output, ".docx" if docx else ".html")
    settings = Options(seed, ess, draws, max_minutes, tune, target_accept, max_depth, engine)
    frame = None if data is None else read_data(data)
    voice = Voice(typer.echo, lambda text: typer.secho(text, fg="red", err=True))
    code = run_jobs(jobs, frame, asdict(settings), voice, Form(refits, short, tuple(check or ())))
    if code:
        raise typer.Exit(code)


@app.command()
def fit(
    spec: SpecPath,
    data: DataPath = None,
    variant: Variant = None,
    seed: Seed = 1,
    ess: Goal = None,
    draws: DrawCount = None,
    max_minutes: Minutes = None,
    tune: Warmup = None,
    target_accept: Target = None,
    max_depth: Depth = 10,
    engine: Engine = "kernel",
) -> None:
    """Fit the model of a spec file and print its tables. Exit codes as for report."""
    settings = Options(seed, ess, draws, max_minutes, tune, target_accept, max_depth, engine)
    result = _fit(read_study(spec), data, variant, settings)
    typer.echo(repr(result.table()))
    typer.echo()
    typer.echo(repr(result.diagnose()))
    _exit(result)


@app.command()
def audit(spec: SpecPath, data: DataPath = None, variant: Variant = None) -> None:
    """Look spec and data over before sampling: findings with codes, rows, and what to write.

    Exit code 2 where there can be no fit, else 0.
    """
    from bayesglmm.design.audit import refused
    from bayesglmm.errors import DataError, FormulaError

    try:
        model = read_study(spec).model(variant, None if data is None else read_data(data))
    except (DataError, FormulaError) as error:
        found = refused(error)
    else:
        typer.echo(repr(model) + "\n")
        found = model.audit()
    typer.echo(repr(found))
    if found.errors:
        raise typer.Exit(code=2)


@app.command()
def lint(
    manuscript: Annotated[Path, typer.Argument(help="Text to read: .md, .txt or .docx.")],
    spec: Annotated[Path, typer.Option("--spec", help="Python file that defines `model`.")],
    data: DataPath = None,
    variant: Variant = None,
    kept: Kept = None,
    seed: Seed = 1,
    ess: Goal = None,
) -> None:
    """Hold the numbers of a manuscript against the fit of a spec file.

    Exit code 0 where none differs, 1 where one does, 2 for a mistake in manuscript, spec or data.
    """
    from bayesglmm.papers import fit_of, read_manuscript

    text = read_manuscript(manuscript)  # before the time is spent on sampling
    frame = None if data is None else read_data(data)
    fit = fit_of(spec, variant, frame, kept, {"seed": seed, "ess": ess})
    found = fit.lint(text)
    typer.echo(repr(found))
    if found.wrong:
        raise typer.Exit(code=1)


@app.command()
def check(
    spec: SpecPath,
    standards: Standards = None,
    data: DataPath = None,
    variant: Variant = None,
    kept: Kept = None,
    seed: Seed = 1,
    ess: Goal = None,
) -> None:
    """Hold the report of a spec file against reporting standards, all where none is named.

    Points are found in the report, or filled in by the file's `notes`. Exit code 0 where none is
    open, 1 where one is, 2 for a mistake in spec, data or notes.
    """
    from bayesglmm.papers import fit_of
    from bayesglmm.report.guidelines import check_asked

    notes = read_study(spec).notes
    check_asked(standards or (), notes)  # before the time is spent on sampling
    frame = None if data is None else read_data(data)
    found = fit_of(spec, variant, frame, kept, {"seed": seed, "ess": ess}).check(
        *(standards or ()), notes=notes
    )
    typer.echo(repr(found))
    if found.open:
        raise typer.Exit(code=1)


@app.command()
def families() -> None:
    """List families, their links and their parameters."""
    from rich.console import Console
    from rich.table import Table

    from bayesglmm.families import FAMILIES

    table = Table("family", "response", "links (default first)", "parameters", "exposure")
    for family in FAMILIES:
        parameters = "; ".join(f"{p.name}: {p.meaning}" for p in family.others)
        exposure = "yes" if family.takes_exposure else "no"
        links = ", ".join(family.links)
        table.add_row(family.name, family.support.requirement, links, parameters, exposure)
    Console().print(table)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"bayesglmm {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Options that stand before the command."""


@dataclass(frozen=True, slots=True)
class Options:
    """Sampler settings of the command line, named as `make_settings` names them."""

    seed: int
    ess: int | None
    draws: int | None
    max_minutes: float | None
    tune: int | None
    target_accept: float | None
    max_depth: int
    engine: str


def _exit(fit: Fit) -> None:
    if not fit.verdict.passed:
        raise typer.Exit(code=1)


def _fit(study: Study, data: Path | None, variant: str | None, settings: Options) -> Fit:
    model = study.model(variant, None if data is None else read_data(data))
    typer.echo(repr(model))
    return model.fit(**asdict(settings))


def main() -> None:
    """Run the command line; errors of this package exit with code 2."""
    try:
        app()
    except BayesglmmError as error:
        typer.secho(f"{type(error).__name__}: {error}", fg="red", err=True)
        sys.exit(2)
