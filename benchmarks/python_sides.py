"""One fit of ours or of bambi's, timed; runs in a process of its own."""

from __future__ import annotations

import importlib
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

from cases import Case

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

CHAINS = 4
WARMUP = 1000
OURS = (
    *("bayesglmm.model", "numba", "pyarrow", "xarray"),
    *("scipy.linalg", "scipy.special", "scipy.sparse.linalg", "platformdirs"),
    *("bayesglmm.engine.kernel_sampler", "bayesglmm.engine.kernel.density"),
    *("numba.core.ccallback", "numba.np.arraymath", "numba.np.linalg", "numba.typed.typeddict"),
    *("numba.np.random.generator_core", "numba.misc.cffiimpl", "numba.np.polynomial"),
)
BAMBI = {
    "pymc": ("bambi",),
    "nutpie": ("bambi", "nutpie", "numba", "pytensor.link.numba.dispatch"),
    "numpyro": ("bambi", "numpyro", "jax", "pymc.sampling.jax", "pytensor.link.jax.dispatch"),
}
HELPERS = ("_offset", "_scaled", "_centered", "_cholesky", "_block")
"""How the names end of variables that serve the sampler only."""


def fit_ours(case: Case, asked: dict[str, Any], seed: int) -> dict[str, Any]:
    """A fit of ours; `asked` holds ``draws`` or ``ess``."""
    import_all(OURS)
    from bayesglmm.model import Model

    data, spec = case.data(), case.spec()
    start = time.perf_counter()
    model = Model(spec, data)
    built = time.perf_counter()
    fit = model.fit(seed=seed, progress=False, **asked)
    found = costs(start)
    return (
        found
        | worst(fit.draws.posterior)
        | {
            "gradients": fit.engine.gradients,
            "stages": {"building": built - start, **fit.engine.seconds},
            "notes": [*fit.engine.notes, *([fit.engine.stopped] if fit.engine.stopped else [])],
        }
    )


def fit_bambi(case: Case, sampler: str, draws: int, seed: int) -> dict[str, Any]:
    """A fit of bambi's with its own defaults."""
    import_all(BAMBI[sampler])
    import bambi

    data = case.peers_data(case.data())
    start = time.perf_counter()
    family = case.family.replace("negative_binomial", "negativebinomial")
    model = bambi.Model(case.formula, data, family=family)
    trace = model.fit(
        draws=draws,
        tune=WARMUP,
        chains=CHAINS,
        random_seed=seed,
        inference_method=sampler,
        progressbar=False,
    )
    found = costs(start)
    gradients = int(trace["sample_stats"]["n_steps"].sum())
    return found | worst(trace["posterior"].to_dataset()) | {"gradients": gradients}


def import_all(modules: tuple[str, ...]) -> None:
    """Import what a fit will need, so that the clock of the fit does not see it."""
    for module in modules:
        importlib.import_module(module)


def costs(start: float) -> dict[str, Any]:
    """Seconds since the start of the fit, when it ended, and the memory that it took."""
    return {
        "seconds": time.perf_counter() - start,
        "finished": time.time(),
        "memory": peak_memory(resource.RUSAGE_SELF),
    }


def peak_memory(who: int) -> float:
    """Peak resident memory in MB: this process's, or the largest of its children's."""
    kilobyte = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(who).ru_maxrss * kilobyte / 1e6


def worst(posterior: xr.Dataset) -> dict[str, Any]:
    """Smallest bulk ESS and largest R-hat of every parameter and group effect."""
    import numpy as np

    blocks = [
        values.to_numpy().reshape(*values.shape[:2], -1)
        for name, values in posterior.items()
        if not str(name).endswith(HELPERS)
    ]
    return worst_of(np.concatenate(blocks, axis=2).astype(float))


def worst_of(draws: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    """Smallest bulk ESS and largest R-hat, from draws of shape (chains, draws, k)."""
    from bayesglmm.engine.convergence import convergence

    found = convergence(draws)
    return {
        "draws": draws.shape[0] * draws.shape[1],
        "quantities": draws.shape[2],
        "ess": float(found.ess_bulk.min()),
        "r_hat": float(found.r_hat.max()),
    }
