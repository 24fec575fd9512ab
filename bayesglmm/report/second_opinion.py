"""bambi's opinion of a model, asked of a second process while this one samples and writes.

Importing bambi and evaluating two graphs takes seconds that a report need not wait for. Run as a
module, this is the second process: it reads the model from its input and answers in JSON.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING, Any

from bayesglmm.crosscheck import (
    DensityComparison,
    check_sayable,
    compare_densities,
    to_bambi,
)
from bayesglmm.design.design import Design
from bayesglmm.errors import SpecError
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.parametrization import Parametrization

if TYPE_CHECKING:
    from bayesglmm.crosscheck import Described

MOST_CELLS = 50_000_000
"""Rows times group effects beyond which bambi is not asked: it holds a dense matrix of them, half a
gigabyte with its copies."""

PATIENCE = 120.0
"""Seconds after which an opinion is given up."""

ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""The second process leaves the other cores to the sampler."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What bambi says of a model.

    Attributes
    ----------
    comparison : DensityComparison or None
    reason : str
        Why there is none.
    """

    comparison: DensityComparison | None
    reason: str = ""


@dataclass(frozen=True)
class _Model:
    """A model of the spec: what its pieces describe, its graph built where it is asked for."""

    design: Design
    priors: Mapping[str, ChosenPrior]
    forms: Mapping[str, Parametrization]

    @cached_property
    def pymc(self) -> Any:
        return build_graph(self.design, self.priors, self.forms)


def form_opinion(model: Described) -> Opinion:
    """Build a model in bambi and compare the two densities, in this process.

    Parameters
    ----------
    model : Described

    Returns
    -------
    Opinion
        Without a comparison where bambi cannot say the model.
    """
    try:
        return Opinion(compare_densities(model, to_bambi(model)))
    except SpecError as error:
        return Opinion(None, str(error))


def ask_opinion(
    design: Design, priors: Mapping[str, ChosenPrior], forms: Mapping[str, Parametrization]
) -> Callable[[], Opinion]:
    """Start a second process on the comparison.

    Parameters
    ----------
    design : Design
    priors, forms : mapping

    Returns
    -------
    callable
        Waits for the answer and gives it, the same one each time. An answer that does not come is
        an opinion whose reason says so.
    """
    try:
        check_sayable(design)
        _check_size(design)
    except SpecError as error:
        silent = Opinion(None, str(error))
        return lambda: silent
    content = pickle.dumps((design, dict(priors), dict(forms)))
    found: Future[Opinion] = Future()
    Thread(target=lambda: found.set_result(_ask(content)), daemon=True).start()
    return found.result


def _check_size(design: Design) -> None:
    """Refuse models whose matrix in bambi would fill the memory."""
    effects = sum(len(group.levels) * len(group.columns) for group in design.groups)
    if design.n * effects > MOST_CELLS:
        raise SpecError(
            f"bambi was not asked: it would hold a matrix of {design.n:,} rows by {effects:,} "
            "group effects. compare_densities() and to_bambi() of bayesglmm.crosscheck ask it."
        )


def _ask(content: bytes) -> Opinion:
    command = [sys.executable, "-W", "ignore", "-m", "bayesglmm.report.second_opinion"]
    try:
        process = subprocess.run(
            command,
            input=content,
            capture_output=True,
            timeout=PATIENCE,
            env=os.environ | ALONE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Opinion(None, f"The process that makes it gave no answer: {error}.")
    answer = json.loads(process.stdout)
    comparison = answer["comparison"]
    return Opinion(comparison and DensityComparison(**comparison), answer["reason"])


def _serve() -> None:
    """Answer one question."""
    os.nice(5)
    opinion = form_opinion(_Model(*pickle.load(sys.stdin.buffer)))
    out, sys.stdout = sys.stdout, sys.stderr  # nothing else may be written there
    json.dump(asdict(opinion), out)


if __name__ == "__main__":
    _serve()
