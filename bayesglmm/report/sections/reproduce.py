"""What is needed to repeat the fit: versions, seed, settings, a digest of the data."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version

import pandas as pd

from bayesglmm.engine.settings import Settings
from bayesglmm.report.blocks import Code, paragraph, table
from bayesglmm.report.material import Material, Section
from bayesglmm.report.methods import SOFTWARE
from bayesglmm.report.spec_code import spec_code
from bayesglmm.tables import Table


def reproduce(material: Material) -> Section:
    """The spec as code, versions, settings and data digest."""
    settings = material.draws.settings
    rows = [
        ("seed", str(settings.seed)),
        ("engine", settings.engine),
        ("chains, warm-up", f"{settings.chains}, {settings.tune}"),
        ("when to stop", _goal(settings)),
        ("target acceptance, tree depth", f"{settings.target_accept}, {settings.max_depth}"),
        ("rows used, SHA-256", frame_digest(material.design.data)),
        ("Python", platform.python_version()),
        *((name, version(name)) for name in SOFTWARE),
    ]
    code = spec_code(material.design.spec, settings)
    content = Table(pd.DataFrame(rows, columns=["what", "value"]), "To repeat this fit")
    words = "The same versions, data, seed and settings give the same draws on the same machine."
    parts = (Code(code), table(content), paragraph(words))
    return Section("reproduce", "Reproduction", parts)


def _goal(settings: Settings) -> str:
    if "ess" in settings.open:
        return f"ess and digits by default, max_minutes={settings.max_minutes:g}"
    if settings.ess is not None:
        return f"ess={settings.ess}, max_minutes={settings.max_minutes:g}"
    return f"draws={settings.draws}"


def frame_digest(data: pd.DataFrame) -> str:
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
