"""Maximum likelihood beside lme4's glmer: warm fits of both in turn, in one run.

``python benchmarks/likelihood.py`` prints a Markdown table. Wall and CPU seconds are medians of 5
fits after one that warms up, from data frame to estimates with standard errors: our
`Model(...).ml()`, their `glmer(...)`. Data files are found by BAYESGLMM_DATA.
"""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from machine import machine
from r_sides import installed

if TYPE_CHECKING:
    import pandas as pd

SCRIPT = Path(__file__).with_name("likelihood.R")
REPEATS = 5


@dataclass(frozen=True)
class Point:
    """A model to be fitted by both.

    Attributes
    ----------
    title, data, family : str
        The data set is the library's.
    ours, theirs : str
        Formulas.
    factors : tuple of str
        Columns that are factors, though coded by numbers.
    nodes : tuple of int
        Quadrature; 1 is Laplace.
    """

    title: str
    data: str
    family: str
    ours: str
    theirs: str
    factors: tuple[str, ...] = ()
    nodes: tuple[int, ...] = (1, 9)


POLLS = "bush ~ black + female + edu + age + (1 | state)"
POINTS = (
    Point(
        "Ohio lung cancer, 7,392 rows",
        "ohio_cancer",
        "poisson",
        "death ~ offset(log(pop)) + sex + race + year + (1 | county)",
        "death ~ offset(log(pop)) + sex + race + year + (1 | county)",
        ("sex", "race"),
    ),
    Point("election polls, 2,015 rows", "polls", "bernoulli", POLLS, POLLS, ("edu", "age")),
    Point(
        "crossover trial, 134 rows",
        "crossover",
        "bernoulli",
        "outcome ~ trt * period + (1 | ID)",
        "outcome ~ trt * period + (1 | ID)",
        (),
        (1, 50),
    ),
    Point(
        "cbpp, 56 rows",
        "cbpp",
        "binomial",
        "p(incidence, size) ~ period + (1 | herd)",
        "cbind(incidence, size - incidence) ~ period + (1 | herd)",
        ("period",),
    ),
    Point(
        "skin cancers, 7,081 rows",
        "skin_cancer_prevention",
        "poisson",
        "y ~ treatment * year + (1 | id)",
        "y ~ treatment * year + (1 | id)",
    ),
)


def read(point: Point) -> pd.DataFrame:
    """The rows both use, factors as text."""
    import bayesglmm as bg

    frame = bg.datasets.load(point.data)
    if point.data == "polls":
        frame = frame.dropna(subset=["bush"])
    return frame.assign(**{name: "level " + frame[name].astype(str) for name in point.factors})


@dataclass(frozen=True)
class Timed:
    """What a side took, medians, and where it came to.

    Attributes
    ----------
    wall, cpu : float
        Seconds.
    loglik, sd : float
        Log likelihood, and standard deviation of the groups.
    """

    wall: float
    cpu: float
    loglik: float
    sd: float


def fit_ours(point: Point, frame: pd.DataFrame, nodes: int) -> Timed:
    """Ours, in this process."""
    import bayesglmm as bg

    def fit() -> Any:
        return bg.Model(point.ours, frame, family=point.family).ml(quadrature=nodes)

    found, wall, cpu = fit(), [], []
    for _ in range(REPEATS):
        start, worked = time.perf_counter(), time.process_time()
        found = fit()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - worked)
    (sd,) = (found.estimate(item.label) for item in found.parameters if item.role == "sd")
    return Timed(statistics.median(wall), statistics.median(cpu), found.loglik, sd)


def fit_lme4(point: Point, path: Path, nodes: int) -> Timed:
    """The same by lme4, in a process of its own."""
    words = (str(path), point.theirs, point.family, str(nodes), str(REPEATS))
    done = subprocess.run(
        ["Rscript", str(SCRIPT), *words], check=True, capture_output=True, text=True
    )
    wall, cpu, loglik, sd = done.stdout.splitlines()
    seconds, worked = (statistics.median(map(float, line.split())) for line in (wall, cpu))
    return Timed(seconds, worked, float(loglik), float(sd))


HEADS = (
    *("model", "nodes", "ours, s", "lme4, s", "ratio", "ours, CPU s", "lme4, CPU s", "CPU ratio"),
    *("log likelihood", "lme4's", "sd", "lme4's"),
)


def row(point: Point, nodes: int, ours: Timed, theirs: Timed | None) -> str:
    """A line of the table; dashes where lme4 is not installed."""
    other = theirs or Timed(float("nan"), float("nan"), float("nan"), float("nan"))
    pairs = ((ours.wall, other.wall), (ours.cpu, other.cpu))
    times = [f"{mine:.3f} | {its:.3f} | {its / mine:.1f}" for mine, its in pairs]
    found = f"{ours.loglik:.4f} | {other.loglik:.4f} | {ours.sd:.5f} | {other.sd:.5f}"
    text = " | ".join([point.title, str(nodes), *times, found])
    return f"| {text.replace('nan', '–')} |"


def main() -> None:
    """Print the table."""
    found = installed()
    print(machine({name: found[name] for name in ("R", "lme4") if name in found}), end="\n\n")
    print(f"| {' | '.join(HEADS)} |\n|{' --- |' * len(HEADS)}")
    with tempfile.TemporaryDirectory() as folder:
        for point in POINTS:
            frame, path = read(point), Path(folder, "data.csv")
            frame.to_csv(path, index=False)
            for nodes in point.nodes:
                ours = fit_ours(point, frame, nodes)
                theirs = fit_lme4(point, path, nodes) if "lme4" in found else None
                print(row(point, nodes, ours, theirs), flush=True)


if __name__ == "__main__":
    main()
