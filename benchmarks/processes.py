"""A fit in a fresh process: its time limit, its caches, and the reason where it fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

COMMAND = Path(__file__).with_name("run.py")


class FitFailed(Exception):  # noqa: N818  (an outcome to be told, not an error of the benchmark)
    """Why there is no result."""


def with_caches(folder: Path) -> dict[str, str]:
    """The environment of a process that keeps all compiled code in `folder`."""
    flags = [os.environ.get("PYTENSOR_FLAGS", ""), f"base_compiledir={folder / 'pytensor'}"]
    return os.environ | {
        "BAYESGLMM_CACHE": str(folder / "bayesglmm"),
        "NUMBA_CACHE_DIR": str(folder / "numba"),
        "PYTENSOR_FLAGS": ",".join(filter(None, flags)),
    }


def fresh_fit(arguments: list[str], caches: Path, timeout: float) -> dict[str, Any]:
    """What ``run.py --one`` tells of a fit, with the seconds since its process was launched.

    Raises
    ------
    FitFailed
        If it takes longer than `timeout` seconds, or ends with an error.
    """
    launched = time.time()
    process = subprocess.Popen(
        [sys.executable, str(COMMAND), "--one", *arguments],
        env=with_caches(caches),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise FitFailed(f"not finished after {timeout:.0f} s") from None
    finally:
        if process.poll() is None:  # its own session, so that its workers end with it
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode < 0:
        raise FitFailed(f"killed by signal {-process.returncode}")
    if process.returncode:
        raise FitFailed(err.strip().splitlines()[-1])
    result: dict[str, Any] = json.loads(out.splitlines()[-1])
    if "finished" in result:
        result["process"] = result["finished"] - launched
    return result
