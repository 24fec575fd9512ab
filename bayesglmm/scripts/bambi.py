"""A model as a script of bambi: the same likelihood and the same priors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.crosscheck import Described, SaidInBambi, said_in_bambi
from bayesglmm.scripts.python_data import head
from bayesglmm.scripts.script import DATA, Script
from bayesglmm.spec.functions import NUMPY_FUNCTIONS

COMMENTS = (
    "Priors of intercepts are at the means of the columns, here and there; auto_scale=False keeps "
    "these priors as they are.",
)

GROUPS = "A grouping factor of several columns is one column here: bambi makes all combinations."


def bambi_script(model: Described) -> Script:
    """The same model in bambi.

    Parameters
    ----------
    model : Described

    Returns
    -------
    Script

    Raises
    ------
    SpecError
        If bambi cannot say it.
    """
    said, design = said_in_bambi(model), model.design
    joined = any(len(group.factors) > 1 for group in design.groups)
    lines = [
        *head(design, *COMMENTS, *([GROUPS] if joined else [])),
        "import bambi as bmb",
        "import numpy as np",
        "import pandas as pd",
        "",
        *_reading(said.data),
        "",
        *_priors(said.priors),
        "",
        "model = bmb.Model(",
        f"    bmb.Formula({', '.join(map(repr, said.formulas))}),",
        "    data,",
        f"    family={said.family!r},",
        f"    link={said.link!r},",
        "    priors=priors,",
        "    auto_scale=False,",
        *_namespace(said),
        ")",
        "idata = model.fit(random_seed=1)",
    ]
    return Script("bambi", "\n".join(lines) + "\n", said.data, ".py")


def _reading(data: pd.DataFrame) -> Iterator[str]:
    factors = data.columns[data.dtypes == "category"]
    texts = ", ".join(f"{name!r}: str" for name in factors)
    yield f'data = pd.read_csv("{DATA}", dtype={{{texts}}}, keep_default_na=False)'
    for name in factors:
        levels = [str(level) for level in data[name].cat.categories]
        yield f"data[{name!r}] = pd.Categorical(data[{name!r}], {levels!r}, ordered=True)"


def _namespace(said: SaidInBambi) -> Iterator[str]:
    """Functions of NumPy by their bare names, which formulas call."""
    called = [name for name in NUMPY_FUNCTIONS if any(f"{name}(" in one for one in said.formulas)]
    if called:
        given = ", ".join(f'"{name}": np.{name}' for name in called)
        yield f"    extra_namespace={{{given}}},"


def _priors(priors: Mapping[str, Any]) -> Iterator[str]:
    yield "priors = {"
    for parameter, own in priors.items():
        if isinstance(own, dict):
            yield f"    {parameter!r}: {{"
            yield from (f"        {name!r}: {_code(prior)}," for name, prior in own.items())
            yield "    },"
        else:
            yield f"    {parameter!r}: {_code(own)},"
    yield "}"


def _code(prior: Any) -> str:
    """A prior of bambi as code; its arguments may be priors themselves."""
    given = [repr(prior.name), *(f"{key}={_value(value)}" for key, value in prior.args.items())]
    if prior.noncentered is not None:
        given.append(f"noncentered={prior.noncentered}")
    return f"bmb.Prior({', '.join(given)})"


def _value(value: Any) -> str:
    if hasattr(value, "args"):
        return _code(value)
    array = np.asarray(value, dtype=float)
    return repr(float(array)) if array.ndim == 0 else f"np.array({array.tolist()!r})"
