"""A progress bar for sampling, in the terminal and in notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bayesglmm.engine.settings import Settings


class Progress:
    """What a run is doing, drawn as a bar; a quiet one where there is no bar.

    Parameters
    ----------
    settings : Settings
    bars : rich.progress.Progress, optional
    """

    def __init__(self, settings: Settings, bars: Any = None) -> None:
        self._settings = settings
        self._bars = bars
        self._reached = ""
        self._task = None if bars is None else bars.add_task("Preparing", total=None, detail="")

    def stage(self, name: str) -> None:
        """Show a stage that gives no count, such as compiling."""
        self._update(description=name, total=None, detail="")

    def looked(self, ess: float) -> None:
        """Note the smallest effective sample size of a look at the draws."""
        self._reached = f", smallest ESS {ess:,.0f} of {self._settings.ess:,}"

    def watch(self, chains: Sequence[Any]) -> None:
        """Show nutpie's progress of each chain; may be called from any thread."""
        if self._bars is None:
            return
        done = sum(chain.finished_draws for chain in chains)
        diverged = sum(chain.divergences for chain in chains)
        warming = sum(bool(chain.tuning) for chain in chains)
        phase = f"{warming} of {len(chains)} chains warming up" if warming else "drawing"
        draws, total = self._settings.draws, None
        if draws is not None:
            total = len(chains) * (draws + self._settings.tune)
        of = "" if total is None else f"/{total:,}"
        detail = f"{done:,}{of} draws, {diverged} divergences, {phase}{self._reached}"
        self._update(description="Sampling", completed=done, total=total, detail=detail)

    def done(self) -> None:
        """Show the end."""
        self._update(description="Sampled", completed=1, total=1)

    def _update(self, **changes: Any) -> None:
        if self._bars is not None:
            self._bars.update(self._task, **changes)


@contextmanager
def sampling_progress(settings: Settings) -> Iterator[Progress]:
    """Show what a run is doing.

    Parameters
    ----------
    settings : Settings

    Yields
    ------
    Progress
    """
    if not settings.progress:
        yield Progress(settings)
        return
    from rich.console import Console

    console = Console(stderr=True)
    if not (console.is_terminal or console.is_jupyter):
        yield Progress(settings)
        return
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=console) as bars:
        progress = Progress(settings, bars)
        yield progress
        progress.done()


def _quiet(*_: object) -> None:
    """Shows nothing."""


@contextmanager
def counted(title: str, show: bool) -> Iterator[Callable[[str, int], None]]:
    """A bar that counts pieces of work, in the terminal and in notebooks.

    Parameters
    ----------
    title : str
    show : bool
        A quiet one where False.

    Yields
    ------
    callable
        (name, remaining) says what is begun, and how many pieces remain, this one among them.
    """
    if not show:
        yield _quiet
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TextColumn("{task.fields[detail]}"), transient=True) as bars:
        task = bars.add_task(title, total=None, detail="")
        most = 0

        def watch(name: str, remaining: int) -> None:
            nonlocal most
            most = max(most, remaining)
            bars.update(task, total=most, completed=most - remaining, detail=name)

        yield watch
