"""Pictures of a posterior, as methods of a fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Concatenate

from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.binding import Judged, named_like
from bayesglmm.posterior.posterior import Posterior


def picture_of_fit[**Options](
    function: Callable[Concatenate[Posterior, Options], Picture],
) -> Callable[Concatenate[Judged, Options], Picture]:
    """The function as a method, which draws the fit's posterior.

    Parameters
    ----------
    function : callable
        Takes a posterior first, and answers with a picture.

    Returns
    -------
    callable
        With the name, options and documentation of the function. Where the fit failed, the words
        of its pictures begin with the verdict.
    """

    def method(self: Judged, /, *args: Options.args, **options: Options.kwargs) -> Picture:
        picture, verdict = function(self.posterior, *args, **options), self.verdict
        if verdict.passed:
            return picture
        return replace(picture, caption=f"{verdict.sentence()} {picture.caption}")

    named_like(method, function)
    return method
