"""The machine and the versions, in words."""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("bayesglmm", "bambi", "pymc", "nutpie", "numba", "numpyro", "jax")


def machine(r_packages: dict[str, str]) -> str:
    """Processor, memory, versions, date and how busy the machine is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = {"Python": platform.python_version()} | _versions()
    versions = ", ".join(f"{name} {found}" for name, found in (python | r_packages).items())
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()}. "
        f"{versions}. {datetime.datetime.now(datetime.UTC):%Y-%m-%d}; "
        f"load average before the start {os.getloadavg()[0]:.1f}."
    )


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
