"""A progress bar for sampling, in the terminal and in notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bayesglmm.engine.settings import Settings

type Watch = Callable[[Sequence[Any]], None]


@contextmanager
def sampling_progress(settings: Settings) -> Iterator[tuple[Callable[[str], None], Watch]]:
    """Show what a run is doing.

    Parameters
    ----------
    settings : Settings

    Yields
    ------
    stage : callable
        Called with the name of a stage that gives no count, such as compiling.
    watch : callable
        Called with nutpie's per-chain progress, from any thread.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    quiet = not settings.progress or not (console.is_terminal or console.is_jupyter)
    with Progress(*columns, console=console, disable=quiet) as bars:
        total = settings.chains * (settings.draws + settings.tune)
        task = bars.add_task("Preparing", total=None, detail="")

        def stage(name: str) -> None:
            bars.update(task, description=name, total=None, detail="")

        def watch(chains: Sequence[Any]) -> None:
            done = sum(chain.finished_draws for chain in chains)
            diverged = sum(chain.divergences for chain in chains)
            warming = sum(bool(chain.tuning) for chain in chains)
            phase = f"{warming} of {len(chains)} chains warming up" if warming else "drawing"
            bars.update(
                task,
                description="Sampling",
                completed=done,
                total=total,
                detail=f"{done:,}/{total:,} draws, {diverged} divergences, {phase}",
            )

        yield stage, watch
        bars.update(task, description="Sampled", completed=total, total=total)
