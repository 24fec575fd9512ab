"""NUTS on a compiled density: the only file that touches nutpie's inner parts.

nutpie's sampler takes a pointer to a compiled log density. That road is not documented, so a test
guards what is used of it; with versions that are not known, the documented one through a Python
callable is taken, and the run says so. The inner library is loaded by itself, because importing
nutpie brings ArviZ with it, which takes longer than a fit.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from bayesglmm.engine.draws import STATISTICS
from bayesglmm.engine.settings import Settings
from bayesglmm.engine.target import Target, density_function, expand_function
from bayesglmm.errors import EngineError
from bayesglmm.families.links import Array

LIBRARY = "nutpie._lib"
POSITION = "position"
POINTER = "pointer"
TESTED = ("0.16.",)
"""Versions of nutpie whose inner parts are known; others get the documented road."""

PATIENCE = 1.0
"""Seconds that the end of a run waits for its chains."""

REPORT_EVERY = 2
"""Milliseconds between reports of progress: what is drawn until the last one is heard is lost."""

type Watch = Callable[[Sequence[Any]], None]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Draws of all chains, warm-up and after, of one length.

    Attributes
    ----------
    positions : array of shape (chains, draws, dim)
        Parameters: theta, fixed effects on the sampler's scale, group effects.
    statistics : dict of str to array of shape (chains, draws)
        In ArviZ's names.
    """

    positions: Array
    statistics: dict[str, Array]

    @property
    def draws(self) -> int:
        """Draws of each chain."""
        return int(self.positions.shape[1])

    def part(self, first: int, last: int) -> Sample:
        """Draws from `first` up to `last`."""
        kept = {name: values[:, first:last] for name, values in self.statistics.items()}
        return Sample(self.positions[:, first:last], kept)


class Chains:
    """Chains that run in the background, and can be looked at meanwhile.

    Parameters
    ----------
    target : Target
    settings : Settings
    draws : int
        Draws of each chain after warm-up at most.
    watch : callable
        Called with nutpie's progress of each chain, from another thread.
    start : callable
        Seed to a starting position.

    Attributes
    ----------
    road : str
        How the density reaches the sampler: `POINTER` or ``"Python callable"``.

    Raises
    ------
    EngineError
        If the chains cannot start.
    """

    def __init__(
        self,
        target: Target,
        settings: Settings,
        draws: int,
        watch: Watch,
        start: Callable[[int], Array],
    ) -> None:
        self._addresses = np.array(target.addresses)
        self._size = target.coordinates.size
        self._finished = np.zeros(settings.chains, dtype=np.int64)
        options = {
            "num_tune": settings.tune,
            "num_draws": draws,
            "num_chains": settings.chains,
            "target_accept": settings.target_accept,
            "maxdepth": settings.max_depth,
        }

        def report(chains: Sequence[Any]) -> None:
            for place, chain in enumerate(chains):
                self._finished[place] = chain.finished_draws
            watch(chains)

        if sampler_version().startswith(TESTED):
            self._sampler = _by_pointer(target, self._addresses, settings, options, report, start)
            self.road = POINTER
        else:
            self._sampler = _by_callable(target, settings, options, report, start)
            self.road = "Python callable"

    @property
    def finished(self) -> int:
        """Draws that every chain has made, warm-up included, as last reported."""
        return int(self._finished.min())

    def look(self) -> Sample:
        """What all chains have so far."""
        return _read(self._sampler.inspect(), self._size)

    def wait(self, seconds: float) -> bool:
        """Wait for the end.

        Parameters
        ----------
        seconds : float
            At most.

        Returns
        -------
        bool
            Whether all chains have ended.

        Raises
        ------
        EngineError
            If a chain failed.
        """
        try:
            self._sampler.wait(seconds)
        except TimeoutError:
            return False
        except RuntimeError as error:
            reason = str(error).partition("Stack backtrace")[0].strip()
            raise EngineError(
                f"The sampler stopped: {reason}. "
                "Look for a prior or data for which the likelihood is zero everywhere."
            ) from error
        return True

    def pause(self) -> None:
        """Have the chains rest, each after the draw it is at, until `resume`."""
        self._sampler.pause()

    def resume(self) -> None:
        """Have chains that rest go on."""
        self._sampler.resume()

    def stop(self) -> Sample:
        """End the chains at once, and give the draws that all had made before.

        The trajectories under way end where they are, and the draws that they give are left out.
        """
        finished = self.finished
        self._halt()
        try:
            return self.look().part(0, finished)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """End the chains, whatever state they are in.

        A trajectory under way ends where it is. A chain that takes longer than `PATIENCE`, as on
        the documented road, ends by itself later.
        """
        self._halt()
        ending = threading.Thread(target=self._end, daemon=True)
        ending.start()
        ending.join(PATIENCE)

    def _halt(self) -> None:
        """Have the density fail from now on, so that no trajectory goes on."""
        from bayesglmm.engine.kernel.record import HALT

        self._addresses[HALT] = 1

    def _end(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._sampler.abort()


@cache
def sampler_version() -> str:
    """Version of nutpie."""
    return version("nutpie")


def inner_library() -> Any:
    """Nutpie's compiled library, without the package around it."""
    if LIBRARY in sys.modules:
        return sys.modules[LIBRARY]
    package = importlib.util.find_spec("nutpie")
    folders = [] if package is None else list(package.submodule_search_locations or ())
    names = [f"_lib*{suffix}" for suffix in EXTENSION_SUFFIXES]
    files = [path for folder in folders for name in names for path in Path(folder).glob(name)]
    if not files:
        raise EngineError("nutpie is not installed. Run: pip install nutpie")
    spec = importlib.util.spec_from_file_location(LIBRARY, files[0])
    assert spec is not None
    assert spec.loader is not None
    library = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(library)
    sys.modules[LIBRARY] = library
    return library


def _by_pointer(
    target: Target,
    addresses: Any,
    settings: Settings,
    options: dict[str, Any],
    report: Watch,
    start: Callable[[int], Array],
) -> Any:
    library, size = inner_library(), target.coordinates.size
    chosen = library.PyNutsSettings.Diag(settings.seed)
    chosen.update(options)
    data, kept = addresses.ctypes.data, (target, addresses)  # alive as long as the chains
    density = library.LogpFunc(density_function().address, data, kept)
    expand = library.ExpandFunc(size, size, expand_function().address, data, kept)
    lengths, dims = {"place": size}, {POSITION: ["place"]}
    variables = library.PyVariable.new_variables([POSITION], ["float64"], [(size,)], lengths, dims)
    model = library.PyMcModel(density, expand, variables, size, lengths, {}, start, _no_adapter)
    return library.PySampler.from_pymc(
        chosen,
        settings.chains,
        model,
        library.ProgressType.none(),
        report,
        REPORT_EVERY,
        library.PyStorage.arrow(),
    )


def _no_adapter(*_: Any, **__: Any) -> None:
    """Nutpie asks for a normalising flow's adapter; the map is ours."""


def _by_callable(
    target: Target,
    settings: Settings,
    options: dict[str, Any],
    report: Watch,
    start: Callable[[int], Array],
) -> Any:
    import nutpie
    from nutpie.compiled_pyfunc import from_pyfunc

    size = target.coordinates.size
    model = from_pyfunc(
        ndim=size,
        make_logp_fn=lambda: target.density,
        make_expand_fn=lambda *_: lambda z: {POSITION: target.place(z)},
        expanded_dtypes=[np.dtype(float)],
        expanded_shapes=[(size,)],
        expanded_names=[POSITION],
        make_initial_point_fn=start,
    )
    return _Background(
        nutpie.sample(
            model,
            draws=options["num_draws"],
            tune=options["num_tune"],
            chains=options["num_chains"],
            cores=settings.chains,
            seed=settings.seed,
            target_accept=options["target_accept"],
            maxdepth=options["maxdepth"],
            blocking=False,
            return_raw_trace=True,
            progress_bar=False,
            progress_callback=report,
            progress_rate=REPORT_EVERY,
        )
    )


class _Background:
    """nutpie's documented background sampler, with the calls of its inner one."""

    def __init__(self, background: Any) -> None:
        self._background = background
        self._result: Any = None

    def wait(self, seconds: float) -> None:
        if self._result is None:
            self._result = _Taken(self._background.wait(timeout=seconds))

    def inspect(self) -> Any:
        return self._background.inspect() if self._result is None else self._result

    def pause(self) -> None:
        if self._result is None:
            self._background.pause()

    def resume(self) -> None:
        if self._result is None:
            self._background.resume()

    def abort(self) -> None:
        if self._result is None:
            self._result = _Taken(self._background.abort())


class _Taken:
    """A finished trace, whose tables nutpie gives away once, to be read again."""

    def __init__(self, trace: Any) -> None:
        self._tables = trace.get_arrow_trace()

    def get_arrow_trace(self) -> Any:
        return self._tables


def _read(trace: Any, size: int) -> Sample:
    """The part that all chains have of nutpie's tables."""
    import pyarrow

    tables, statistics = trace.get_arrow_trace()
    rows = min(*(table.num_rows for table in tables), *(table.num_rows for table in statistics))
    positions = np.empty((len(tables), rows, size))
    for chain, table in zip(positions, tables, strict=True):
        column = pyarrow.array(table.column(POSITION)).flatten().to_numpy()
        chain[:] = column[: rows * size].reshape(rows, size)
    kept = {
        new: np.stack([table.column(old).to_numpy()[:rows] for table in statistics])
        for old, new in STATISTICS.items()
    }
    return Sample(positions, kept)
