"""Does a fit that is killed again and again lose draws, or end in another posterior?

A process fits a model into a file, and is killed (SIGKILL) at a random moment: while it starts,
warms up, draws, writes, goes on, or has just ended. The next one makes the same call, or resumes
the file, and is killed too, five times for each file; the sixth may end. Fixed before the run:
after every kill the file opens (or is not there, and no draws were reported as written) and holds
at least what was reported; every fit in the end passes its verdict; and of all means of all
quantities of all fits none is further than 5 standard errors (Monte Carlo, of both) from those of
a long run that nobody disturbed. Exit code 1 where a rule is broken. Needs a system that forks.

    python studies/kills.py [KILLS]
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections import Counter
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pandas as pd

import bayesglmm as bg
from bayesglmm import kept
from bayesglmm.design.parameters import model_parameters
from bayesglmm.engine import keeping
from bayesglmm.posterior.quantities import convergence, gather

KILLS, EACH, SEED = 200, 5, 5
ESS = 20_000
LONGEST = 0.6
"""When a process is killed, at most: as a share of the time that an undisturbed one takes."""
FARTHEST = 5.0
CONTEXT = get_context("forkserver")


def make_model() -> bg.Model:
    """Counts in groups."""
    rng = np.random.default_rng(SEED)
    rows = pd.DataFrame({"g": np.repeat([f"site {k}" for k in range(8)], 15)})
    rows["x"] = rng.normal(size=120)
    rows["y"] = rng.poisson(np.exp(1 + 0.3 * rows["x"] + rng.normal(0, 0.5, 8).repeat(15)))
    return bg.Model("y ~ x + (1 | g)", rows, family="poisson")


def work(path: Path, seed: int, told: Connection) -> None:
    """Fit into a file, and tell whoever watches how many draws were written each time."""
    keeping.EVERY, write = 0.02, kept._File.write

    def write_and_tell(self: kept._File, saved: kept.storage.Saved) -> None:
        write(self, saved)
        told.send(saved.posterior.draws.posterior.sizes["draw"])

    kept._File.write = write_and_tell  # type: ignore[method-assign]
    model = make_model()
    told.send(0)
    if path.exists() and seed % 2:
        bg.resume(path, progress=False)
    else:
        model.fit(file=path, ess=ESS, seed=seed, progress=False)


def killed(path: Path, seed: int, after: float | None) -> tuple[bool, int]:
    """Start a process, and kill it; whether it had ended, and the draws that it reported last."""
    reading, told = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=work, args=(path, seed, told))
    process.start()
    told.close()
    reading.recv()  # it begins
    process.join(after)
    ended = process.exitcode == 0
    process.kill()
    process.join()
    written = 0
    with contextlib.suppress(EOFError):
        while reading.poll():
            written = reading.recv()
    return ended, written


def summary(fit: bg.Fit) -> tuple[np.ndarray, np.ndarray]:
    """Means of all quantities, and their Monte Carlo errors."""
    _, values = gather(model_parameters(fit.design), fit.draws)
    flat = values.reshape(-1, values.shape[2])
    error = flat.std(axis=0) / np.sqrt(convergence(values)["ess_bulk"])
    return flat.mean(axis=0), error


def main() -> int:
    """Kill processes, print what became of their files, and say whether a rule was broken."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    CONTEXT.set_forkserver_preload(["bayesglmm.engine.kernel_sampler", "bayesglmm.model", "zarr"])
    rng, model, counts, broken = np.random.default_rng(SEED), make_model(), Counter(), []
    fits = []
    with tempfile.TemporaryDirectory() as folder:
        killed(Path(folder) / "first.bgm", SEED, None)
        start = time.monotonic()
        killed(Path(folder) / "timed.bgm", SEED, None)
        longest = LONGEST * (time.monotonic() - start)
        for number in range(-(-wanted // EACH)):
            path, written = Path(folder) / f"{number}.bgm", 0
            for attempt in range(EACH):
                after = float(rng.uniform(0, longest))
                ended, told = killed(path, SEED + number, after)
                written = max(written, told)
                there = bg.load(path).draws.posterior.sizes["draw"] if path.exists() else 0
                state = "ended before" if ended else "nothing written" if not there else "kept"
                counts[state] += 1
                if there < written:
                    broken.append(f"file {number}, kill {attempt}: {there} of {written} draws")
            ended, _ = killed(path, SEED + number, None)
            fits.append(bg.load(path))
            if not ended or not fits[-1].engine.complete or not fits[-1].verdict.passed:
                broken.append(f"file {number}: {fits[-1].verdict.sentence()}")
    mean, error = summary(model.fit(ess=ESS, seed=SEED + 1000, progress=False))
    away = [
        np.abs(own - mean) / np.hypot(error, own_error) for own, own_error in map(summary, fits)
    ]
    for state, count in sorted(counts.items()):
        print(f"{state}: {count:,}")
    print(f"{len(fits)} fits in the end; largest distance of {np.size(away):,}: {np.max(away):.2f}")
    if np.max(away) > FARTHEST:
        broken.append("a fit is too far from the undisturbed one")
    print("\n".join(["Rules broken:", *broken]) if broken else "No rule was broken.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
