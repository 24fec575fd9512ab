"""Can a damaged file of a fit be taken for another fit, or harm who opens it?

A fit is saved, and damaged again and again: by chance (bits, bytes, stretches, ends), and on
purpose (a part says something else, and its checksum is right). Each file is opened, in a process
of its own for every few hundred. Fixed before the run: none may be accepted with a number changed
by chance, none may raise another error than the package's own, none may take 10 CPU seconds or
2 GB. What was changed on purpose may be accepted where it is a fit: checksums are no signatures.
Exit code 1 where a rule is broken.

    python studies/damaged_files.py [FILES]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

import bayesglmm as bg

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from storage.hostile import by_chance, on_purpose

FILES, BATCH, SEED = 6000, 250, 41
SECONDS, BYTES = 10.0, 2_000_000_000


def make_whole(folder: Path) -> Path:
    """A fit of counts in groups."""
    rng = np.random.default_rng(SEED)
    rows = pd.DataFrame({"g": np.repeat([f"site {k}" for k in range(8)], 10), "x": range(80)})
    rows["y"] = rng.poisson(4, 80)
    model = bg.Model("y ~ x + (1 | g)", rows, family="negative_binomial")
    return model.fit(seed=1, draws=300, progress=False).save(folder / "whole.bgm")


def one(path: Path, kind: str, content: bytes, whole: bg.Fit, chance: bool) -> tuple[str, str]:
    """What becomes of a file: its outcome, and of a broken rule the words."""
    path.write_bytes(content)
    start = time.process_time()
    try:
        found = bg.load(path)
    except bg.BayesglmmError:
        outcome, words = "refused", ""
    except BaseException as error:  # what is looked for
        outcome, words = "another error", f"{kind}: {type(error).__name__}: {error}"
    else:
        same = found.draws.posterior.equals(whole.draws.posterior)
        same &= found.design.data.equals(whole.design.data)
        outcome, words = "the same fit" if same else "a changed fit", kind
        if chance and not same:
            outcome = "a changed number accepted"
    if time.process_time() - start > SECONDS:
        outcome, words = "too long", kind
    return outcome, words


def batch(number: int, place: str) -> tuple[Counter[tuple[bool, str]], list[str], int]:
    """Outcomes of some files, what broke a rule, and the most memory of the process."""
    rng, counts, broken = np.random.default_rng([SEED, number]), Counter(), []
    original = Path(place)
    whole, content = bg.load(original), original.read_bytes()
    path = original.with_name(f"{number}.bgm")
    for k in range(BATCH):
        chance = k % 2 == 0
        kind, changed = by_chance(content, rng) if chance else on_purpose(original, rng)
        outcome, words = one(path, kind, changed, whole, chance)
        counts[chance, outcome] += 1
        if outcome in ("another error", "too long", "a changed number accepted"):
            broken.append(f"{outcome}: {words}")
    return counts, broken, 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> int:
    """Damage and open files, print what became of them, and say whether a rule was broken."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else FILES
    counts: Counter[tuple[bool, str]] = Counter()
    broken: list[str] = []
    most = 0
    with tempfile.TemporaryDirectory() as folder:
        place = str(make_whole(Path(folder)))
        context = get_context("spawn")
        with ProcessPoolExecutor(2, context, max_tasks_per_child=1) as pool:
            numbers = range(-(-files // BATCH))
            for found, wrong, memory in pool.map(batch, numbers, [place] * len(numbers)):
                counts += found
                broken += wrong
                most = max(most, memory)
    for chance in (True, False):
        print("Damaged by chance" if chance else "Changed on purpose, checksums right")
        for (which, outcome), count in sorted(counts.items()):
            if which is chance:
                print(f"  {outcome}: {count:,}")
    print(f"Most memory of a process: {most / 1e9:.2f} GB")
    print("\n".join(["Rules broken:", *broken]) if broken else "No rule was broken.")
    return 1 if broken or most > BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
