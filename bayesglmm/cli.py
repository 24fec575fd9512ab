"""The command line: reports and fits from spec files."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bayesglmm import __version__
from bayesglmm.errors import BayesglmmError, SpecError
from bayesglmm.study import Study, read_study

if TYPE_CHECKING:
    import pandas as pd

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
    spec: SpecPath,
    data: DataPath = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="HTML file to write.")
    ] = None,
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
    """Fit the model of a spec file and write its report, one self-contained HTML file.

    Exit code 0 for a fit that converged, 1 for one that did not (the report says so at its top),
    2 for a mistake in the spec or the data.
    """
    name = spec.stem if variant is None else f"{spec.stem}-{'-'.join(variant.split())}"
    target = output or Path(f"{name}.report.html")
    _check_output(target)
    settings = Options(seed, ess, draws, max_minutes, tune, target_accept, max_depth, engine)
    study = read_study(spec)
    fit = _fit(study, data, variant, settings)
    path = fit.report(target, **study.extras())
    typer.echo(fit.verdict.sentence())
    typer.echo(f"Report: {path}")
    _exit(fit)


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
        model = read_study(spec).model(variant, None if data is None else _read_csv(data))
    except (DataError, FormulaError) as error:
        found = refused(error)
    else:
        typer.echo(repr(model) + "\n")
        found = model.audit()
    typer.echo(repr(found))
    if found.errors:
        raise typer.Exit(code=2)


@app.command()
def families() -> None:
    """List families, their links and their parameters."""
    from rich.console import Console
    from rich.table import Table

    from bayesglmm.families import FAMILIES

    table = Table("family", "response", "links (default first)", "parameters", "exposure")
    for family in FAMILIES:
        parameters = "; ".join(f"{p.name}: {p.meaning}" for p in family.parameters)
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
    model = study.model(variant, None if data is None else _read_csv(data))
    typer.echo(repr(model))
    return model.fit(**asdict(settings))


def _check_output(path: Path) -> None:
    """Refuse a file that cannot be written before the time is spent on sampling."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SpecError(f"The report cannot be written to '{path}': {error}.") from error
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise SpecError(f"The report cannot be written to '{path}'. Name a file: -o report.html")


def _read_csv(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise SpecError(f"The data file '{path}' cannot be read: {error}") from error


def main() -> None:
    """Run the command line; errors of this package exit with code 2."""
    try:
        app()
    except BayesglmmError as error:
        typer.secho(f"{type(error).__name__}: {error}", fg="red", err=True)
        sys.exit(2)
