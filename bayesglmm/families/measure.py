"""What a coefficient is reported as, by the link and the support of the response."""

from __future__ import annotations

from dataclasses import dataclass

from bayesglmm.families.support import Support
from bayesglmm.tables.english import plural


@dataclass(frozen=True, slots=True)
class Measure:
    """What a coefficient is reported as.

    Attributes
    ----------
    short, long : str
        Such as ``"IRR"`` and ``"incidence-rate ratio"``.
    ratio : bool
        Whether the coefficient is exponentiated (no effect is 1), or left as it is (0).
    baseline : str
        What the exponentiated, or back-transformed, intercept is.
    of : str
        What is compared: ``"odds"``, ``"rate"``, ``"square root of the rate"``.
    median : str
        The median of these ratios between two groups; empty where none is in use.
    """

    short: str
    long: str
    ratio: bool
    baseline: str
    of: str
    median: str = ""

    @property
    def no_effect(self) -> float:
        """The value that means no effect."""
        return 1.0 if self.ratio else 0.0


def of_means(support: Support) -> Measure:
    """Differences of means: the identity link.

    Parameters
    ----------
    support : Support

    Returns
    -------
    Measure
    """
    what = support.baseline
    return Measure("Diff.", f"difference in {plural(what)}", False, what, what)


def of_ratios(support: Support) -> Measure:
    """Ratios of means: the log link.

    Parameters
    ----------
    support : Support

    Returns
    -------
    Measure
    """
    short, long, median = support.ratio
    return Measure(short, long, True, support.baseline, support.baseline, median)


def of_roots(support: Support) -> Measure:
    """Differences of square roots of means.

    Parameters
    ----------
    support : Support

    Returns
    -------
    Measure
    """
    what = support.baseline
    root = f"square root of the {what}"
    return Measure("Diff.", f"difference in square roots of the {what}", False, what, root)


def of_odds(support: Support) -> Measure:
    """Odds ratios: the logit link.

    Parameters
    ----------
    support : Support

    Returns
    -------
    Measure
    """
    if support.fraction:
        what = "odds of the mean"
        return Measure("OR", "ratio of the odds of means", True, support.baseline, what)
    return Measure("OR", "odds ratio", True, support.baseline, "odds", "median odds ratio")


def of_hazards(support: Support) -> Measure:
    """Hazard ratios: the complementary log-log link.

    Parameters
    ----------
    support : Support

    Returns
    -------
    Measure
    """
    if support.fraction:
        what = "-log(1 - mean)"
        return Measure("Ratio", f"ratio of {what}", True, support.baseline, what)
    return Measure("HR", "hazard ratio", True, support.baseline, "hazard", "median hazard ratio")


def of_probits(support: Support) -> Measure:
    """Differences in probits.

    Parameters
    ----------
    support : Support

    Returns
    -------
    Measure
    """
    return Measure("Diff.", "difference in probits", False, support.baseline, "probit")
