"""What the scripts of Python share: their first lines, and the data they read."""

from __future__ import annotations

from collections.abc import Iterator

from bayesglmm.design.coding_sentences import coding_sentences
from bayesglmm.design.design import Design
from bayesglmm.version import __version__


def head(design: Design, *comments: str) -> Iterator[str]:
    """What a script is of, as comments.

    Parameters
    ----------
    design : Design
    *comments : str

    Yields
    ------
    str
    """
    spec, family = design.spec, design.spec.family
    yield f"# {spec.text}"
    yield f"# {family.title} family, {spec.link.name} link; written by bayesglmm {__version__}."
    for sentence in (*coding_sentences(design), *design.flow.sentences(), *comments):
        yield f"# {sentence}"
