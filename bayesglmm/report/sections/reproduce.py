"""What is needed to repeat the fit: versions, seed, settings, a digest of the data."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version

import pandas as pd
from markupsafe import Markup

from bayesglmm.posterior.table import Table
from bayesglmm.report.html import paragraph, table
from bayesglmm.report.material import Material, Section

PACKAGES = ("bayesglmm", "pymc", "nutpie", "arviz", "formulae", "numpy", "pandas")


def reproduce(material: Material) -> Section:
    """Versions, settings and data digest."""
    settings = material.draws.settings
    rows = [
        ("seed", str(settings.seed)),
        ("engine", settings.engine),
        ("chains, warm-up, draws", f"{settings.chains}, {settings.tune}, {settings.draws}"),
        ("target acceptance, tree depth", f"{settings.target_accept}, {settings.max_depth}"),
        ("rows used, SHA-256", data_digest(material.design.data)),
        ("Python", platform.python_version()),
        *((name, version(name)) for name in PACKAGES),
    ]
    content = Table(pd.DataFrame(rows, columns=["what", "value"]), "To repeat this fit")
    words = "The same versions, data, seed and settings give the same draws on the same machine."
    return Section("reproduce", "Reproduction", Markup("").join([table(content), paragraph(words)]))


def data_digest(data: pd.DataFrame) -> str:
    """SHA-256 of the rows and columns used.

    Parameters
    ----------
    data : pandas.DataFrame

    Returns
    -------
    str
        Hexadecimal; changes with any value, column name or row order.
    """
    digest = hashlib.sha256("\n".join(str(name) for name in data.columns).encode())
    digest.update(pd.util.hash_pandas_object(data, index=False).to_numpy().tobytes())
    return digest.hexdigest()
