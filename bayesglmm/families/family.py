"""What a family is: a distribution of the response, and everything that is special about it.

A family is written in its natural parameters: functions of a `Location`, which is its first
parameter as a link makes it, and of the others by name. Links compose with any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bayesglmm.errors import SpecError
from bayesglmm.families.chances import Chances
from bayesglmm.families.counting import whole_quantile
from bayesglmm.families.graph_density import DerivedDensity, GraphDensity
from bayesglmm.families.interval import log_between, over_intervals
from bayesglmm.families.link import GraphLocation, Link, Location
from bayesglmm.families.measure import Measure
from bayesglmm.families.param import Param
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import Support
from bayesglmm.families.variance import Parameters, Variance

type Graphed = tuple[str | GraphDensity | DerivedDensity, dict[str, Any]]
"""A distribution of the graph and its arguments."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Family:
    """A distribution for the response, given its parameters.

    Attributes
    ----------
    name, title : str
        The name in specs, and the name in print.
    support : Support
        Allowed responses, and what follows from them.
    parameters : tuple of Param
        The location first: the mean of the response, or what its mean is made of.
    takes_exposure : bool
        Whether the mean may be a rate times an exposure.
    graph : callable
        (location, rows, parameters) to the name of a PyMC distribution, or what stands for one
        that PyMC has not, and its arguments.
    density : callable
        (location, rows, parameters) to the log density of each row, NumPy, normalised.
    variance : Variance or None
        (value of the location, rows, parameters) to the variance of y; None where the responses
        are no numbers.
    random : callable
        (rng, value of the location, rows, parameters) to new responses, NumPy.
    below : callable
        (y, value of the location, rows, parameters) to the probability of `y` and smaller
        responses, NumPy.
    deviance : callable or None
        (y, mean, rows, parameters) to the unit deviance of each row: twice the log likelihood lost
        against a mean equal to the response (McCullagh & Nelder 1989, Generalized Linear Models,
        section 2.3 and p. 34), not divided by a residual variance. None where a mean equal to the
        response is not the likeliest one, so that nothing is measured from it.
    expected : callable or None
        (value of the location, rows, parameters) to the mean of a response at the row's exposure,
        of one trial; None where that is the value of the location, times the exposure.
    mean_parameters : tuple of str
        The parameters beside the location that `expected` is made of.
    proportional : bool
        Whether the mean is a multiple of the value of the location, whatever the others are.
    whose_mean : str
        Of what the location is the mean, where not of all responses: ``"among counts that are no
        structural zeros"``.
    inflates, behind : Family or None
        The family that it adds structural zeros to; that of its responses above 0, behind a hurdle.
    above : callable or None
        (y, value of the location, rows, parameters) to the probability of responses larger than
        `y`, NumPy: 1 less `below`, but with all its digits where it is small. 1 less `below` where
        left out.
    takes_errors : bool
        Whether a response may have a known standard error beside its own spread; `graph`,
        `density`, `random`, `below`, `above` and `at_share` then look at ``rows.error``.
    at_share : callable or None
        (share, value of the location, rows, parameters) to the response that `below` gives this
        share; None for whole numbers, whose quantiles `below` tells.
    linear : bool
        Whether the score of its mean m is ``(y - m) / V(m)``, as in a linear exponential family
        (McCullagh & Nelder 1989, section 2.2.4).
    canonical : str
        The link under which the linear predictor is the natural parameter of an exponential
        family; empty where there is none.
    limits : tuple of str
        Families that it becomes at an end of the range of its other parameters.
    distribution_name : str
        What equations call it; the title where left out.
    elsewhere : mapping
        Package to what it calls the family.
    log_variance : callable or None
        Parameters beside the location to the variance of the log of a response, whatever its
        location; None where it depends on that, or a response may be 0.
    link_elsewhere : mapping
        Package to the link that it has there, where that is another one's name.
    aliases : tuple of str
        Names of other packages that mean nothing else, understood in specs.
    chances : Chances or None
        Probabilities of the categories of a response that is one of several.
    crude : callable or None
        (link, rows) to crude linear predictors by parameter, on which default priors are centred;
        None where that of the crude mean is meant.
    make : callable or None
        Categories of the response to the whole family, whose parameters hang on them; see
        `of_levels`.
    stems : mapping
        What names of the parameters begin with that hang on the categories, to one of the kind.
    below_threshold : str
        Of which event the link gives the distance to a threshold, for equations, with ``y`` for
        the response and ``k`` for the category; empty where there are no thresholds.
    of_thresholds : str
        What the thresholds between categories are; empty where there are none.
    latent : bool
        Whether a response tells where a latent variable lies, whose error has the latent variance
        of the link.
    other_links : mapping
        What others call its links, to what they are here.
    measure : callable or None
        Link to what coefficients are reported as, where link and support do not tell.
    """

    name: str
    title: str
    support: Support
    parameters: tuple[Param, ...]
    takes_exposure: bool
    graph: Callable[[GraphLocation, Rows, Parameters], Graphed]
    density: Callable[[Location, Rows, Parameters], Array]
    variance: Variance | None
    random: Callable[[np.random.Generator, Any, Rows, Parameters], Array]
    below: Callable[[Any, Any, Rows, Parameters], Array]
    deviance: Callable[[Any, Any, Rows, Parameters], Array] | None
    expected: Callable[[Any, Rows, Parameters], Array] | None = None
    mean_parameters: tuple[str, ...] = ()
    proportional: bool = True
    whose_mean: str = ""
    inflates: Family | None = None
    behind: Family | None = None
    above: Callable[[Any, Any, Rows, Parameters], Array] | None = None
    takes_errors: bool = False
    at_share: Callable[[Any, Any, Rows, Parameters], Array] | None = None
    canonical: str = ""
    linear: bool = False
    limits: tuple[str, ...] = ()
    distribution_name: str = ""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    log_variance: Callable[[Parameters], Any] | None = None
    link_elsewhere: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    chances: Chances | None = None
    crude: Callable[[Link, Rows], Mapping[str, float]] | None = None
    make: Callable[[tuple[str, ...]], Family] | None = None
    stems: Mapping[str, Param] = field(default_factory=dict)
    measure: Callable[[Link], Measure] | None = None
    below_threshold: str = ""
    of_thresholds: str = ""
    latent: bool = False
    other_links: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> Param:
        """The first parameter, whose formula is the model's and whose link may be chosen."""
        return self.parameters[0]

    @property
    def others(self) -> tuple[Param, ...]:
        """The parameters beside the location."""
        return self.parameters[1:]

    @property
    def links(self) -> tuple[str, ...]:
        """Links of the location, the default first."""
        return self.location.links

    @property
    def of_mean(self) -> tuple[str, ...]:
        """The parameters that the mean of a response is made of, the location first."""
        return (self.location.name, *self.mean_parameters)

    @property
    def with_zeros(self) -> str:
        """What is said of the mean of all responses where zeros have a probability of their own."""
        if self.inflates is None and self.behind is None:
            return ""
        return "including 0 and 1" if self.support.fraction else "including zeros"

    @property
    def dispersion(self) -> Param | None:
        """The parameter that says how far a row lies from its mean; None where the mean does."""
        return next((item for item in self.others if item.dispersion), None)

    @property
    def dispersion_name(self) -> str:
        """The name of `dispersion`; empty where there is none."""
        return "" if self.dispersion is None else self.dispersion.name

    @property
    def limit_is_infinite(self) -> bool:
        """Whether it becomes one of `limits` as its dispersion parameter grows without bound."""
        dispersion = self.dispersion
        return bool(self.limits) and dispersion is not None and dispersion.precision

    @property
    def has_zeros(self) -> bool:
        """Whether a response may be exactly 0, with a probability above 0."""
        numbers = not self.support.unrestricted and not self.support.categories
        return numbers and bool(np.all(self.support.allows(np.zeros(1), np.ones(1))))

    @property
    def takes_trials(self) -> bool:
        """Whether the response is a number of successes out of a number of trials."""
        return self.support.many_trials

    @property
    def takes_masks(self) -> bool:
        """Whether small responses may be masked: it counts events."""
        return self.support.counts

    def of_levels(self, levels: tuple[str, ...]) -> Family:
        """The whole family, once the categories of the response are known.

        Parameters
        ----------
        levels : tuple of str
            The first is the lowest, or the one that others are compared with.

        Returns
        -------
        Family
            The same one for the same categories; this one where it has no categories.
        """
        if self.make is None:
            return self
        if (self.name, levels) not in MADE:
            MADE[self.name, levels] = self.make(levels)
        return MADE[self.name, levels]

    def baseline(self, link: Link, eta: Any) -> Any:
        """What the intercept stands for: the location, or the share above the first threshold.

        Parameters
        ----------
        link : Link
        eta : array
            Linear predictor.

        Returns
        -------
        array
            Natural scale.
        """
        return 1 - link.inverse(-eta) if self.support.ordered else link.inverse(eta)

    def pattern(self, name: str) -> Param | None:
        """A parameter of the kind that a name belongs to, if it hangs on the categories."""
        found = (one for stem, one in self.stems.items() if name.startswith(stem))
        return next(found, None)

    def includes(self, other: Family) -> bool:
        """Whether another family is this one, or one of `limits`, so that models may be nested."""
        return other is self or other.name in self.limits

    def is_canonical(self, link: Link) -> bool:
        """Whether a link makes the linear predictor the natural parameter.

        McCullagh & Nelder (1989), Generalized Linear Models, section 2.2.4.
        """
        return bool(self.canonical) and link.name == self.canonical

    def starts(self, spread: float) -> dict[str, float]:
        """Values of the parameters beside the mean before anything is known of them.

        Parameters
        ----------
        spread : float
            Standard deviation of the responses.

        Returns
        -------
        dict of str to float
        """
        return {item.name: item.start(spread) for item in self.others}

    def distribution(self, link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Graphed:
        """The response as a PyMC distribution.

        Parameters
        ----------
        link : Link
        eta : TensorVariable
            Linear predictor, exposure left out.
        rows : Rows
            Of PyTensor variables.
        parameters : mapping
            Name to PyTensor variable, natural scale.

        Returns
        -------
        distribution : str or GraphDensity
            Name of a class of PyMC, or what is used like one.
        arguments : dict
        """
        return self.graph(GraphLocation(link, eta), rows, parameters)

    def log_density(self, link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
        """Log density of each row, normalised.

        Parameters
        ----------
        link : Link
        eta : array of shape (..., n)
            Linear predictor, exposure left out.
        rows : Rows
            Of n rows.
        parameters : mapping
            Name to array that broadcasts against `eta`, natural scale.

        Returns
        -------
        array of shape (..., n)
            The log probability of what lies between its bounds where a response is not known. Of
            a truncated response, given that it lies between the bounds of what is a row. Weights
            of rows are not in it.
        """

        def known(link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
            return self.density(Location(link, eta), rows, parameters)

        def between(link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
            return self.log_share(link, eta, (rows.y, rows.upper), rows, parameters)

        one = over_intervals(known, between, self.support.counts)
        found = (known if rows.upper is None else one)(link, eta, rows, parameters)
        if rows.truncated:
            found = found - self.log_share(link, eta, (rows.least, rows.most), rows, parameters)
        return found

    def log_share(
        self, link: Link, eta: Any, bounds: tuple[Any, Any], rows: Rows, parameters: Parameters
    ) -> Array:
        """Log probability of a response between two bounds, both included.

        Parameters
        ----------
        link : Link
        eta : array of shape (..., n)
        bounds : tuple of arrays of shape (n,)
            Infinite where there is none.
        rows : Rows
        parameters : mapping

        Returns
        -------
        array of shape (..., n)
        """
        lower, upper = bounds
        lower = lower - 1 if self.support.discrete else lower
        value = Location(link, eta).value
        return log_between(self.below, self.beyond, (lower, upper), value, rows, parameters)

    def beyond(self, y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
        """Probability of responses larger than `y`; arguments as of `above`."""
        if self.above is not None:
            return self.above(y, value, rows, parameters)
        return 1.0 - self.below(y, value, rows, parameters)

    def mean(self, link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
        """Mean of the response.

        Parameters
        ----------
        link : Link
        eta : array of shape (..., n)
            Linear predictor of the location, exposure left out.
        rows : Rows
        parameters : mapping
            `mean_parameters` at least.

        Returns
        -------
        array of shape (..., n)
            Response scale, at the row's exposure; the probability of one trial for a binomial.
        """
        if self.chances is not None:
            raise SpecError(self.without_mean)
        value = Location(link, eta).value
        if self.expected is None:
            return np.asarray(rows.exposure * value)
        return self.expected(value, rows, parameters)

    def draw(
        self, rng: np.random.Generator, link: Link, eta: Any, rows: Rows, parameters: Parameters
    ) -> Array:
        """New responses.

        Parameters
        ----------
        rng : numpy.random.Generator
        link : Link
        eta : array of shape (..., n)
        rows : Rows
        parameters : mapping

        Returns
        -------
        array of shape (..., n)
            Between the bounds of what is a row where responses are truncated.
        """
        if not rows.truncated:
            return self.random(rng, self.given(link, eta), rows, parameters)
        start = rows.least - 1 if self.support.discrete else rows.least
        low, high = (
            np.where(np.isfinite(at), self.cdf(_finite(at), link, eta, rows, parameters), end)
            for at, end in ((start, 0.0), (rows.most, 1.0))
        )
        share = low + (high - low) * rng.uniform(size=np.shape(low))
        found = self.quantile(share, link, eta, rows, parameters)
        return np.clip(found, rows.least, rows.most)

    def cdf(self, y: Any, link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
        """Probability of a response of at most `y`.

        Parameters
        ----------
        y : array
            Broadcasts against `eta`.
        link : Link
        eta : array of shape (..., n)
        rows : Rows
        parameters : mapping

        Returns
        -------
        array of shape (..., n)
        """
        return self.below(y, self.given(link, eta), rows, parameters)

    def quantile(
        self, share: Any, link: Link, eta: Any, rows: Rows, parameters: Parameters
    ) -> Array:
        """The smallest response that has at least this probability with all below it.

        Parameters
        ----------
        share : array
            Between 0 and 1; broadcasts against `eta`.
        link : Link
        eta : array of shape (..., n)
        rows : Rows
        parameters : mapping

        Returns
        -------
        array of shape (..., n)
        """
        value = self.given(link, eta)
        if self.at_share is not None:
            return self.at_share(share, value, rows, parameters)
        return whole_quantile(lambda y: self.below(y, value, rows, parameters), share)

    @property
    def without_mean(self) -> str:
        """Why a response has no mean, in a sentence."""
        return (
            f"The {self.name} family has no mean: a response is one of "
            f"{len(self.support.levels) or 'several'} categories. Their probabilities are in "
            "predictions(), comparisons() and slopes()."
        )

    def given(self, link: Link, eta: Any) -> Any:
        """What functions of the location take: its value, and of categories the location itself.

        Parameters
        ----------
        link : Link
        eta : array
            Linear predictor of the location.

        Returns
        -------
        array or Location
            A probability that is 1 to all digits would say nothing of those of categories.
        """
        location = Location(link, eta)
        return location.value if self.chances is None else location

    def __repr__(self) -> str:
        return f"<Family {self.name}>"


MADE: dict[tuple[str, tuple[str, ...]], Family] = {}
"""Families whose categories are known, by their name and these."""


def _finite(values: Array) -> Array:
    """The values, 0 where they are infinite."""
    return np.where(np.isfinite(values), values, 0.0)


def find_measure(family: Family, link: Link, rates: bool = True) -> Measure:
    """What coefficients of a family and link are reported as.

    Parameters
    ----------
    family : Family
    link : Link
        One of the family's links.
    rates : bool
        Whether the mean of a count is a rate: it has an exposure, or an offset.

    Returns
    -------
    Measure
    """
    support = family.support
    if family.measure is not None:
        return family.measure(link)
    if rates or not support.counts:
        return link.measure(support)
    short, _, median = support.ratio
    plain = replace(support, baseline=support.mean, ratio=(short, "ratio of counts", median))
    return replace(link.measure(plain), baseline=support.baseline)
