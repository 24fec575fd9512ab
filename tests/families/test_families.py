"""Every family is complete: each of its fields against a second opinion.

A new family needs a row of `TWINS`; the tests then ask of it all that they ask of the others.
"""

from __future__ import annotations

import copy
import pickle
import string
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from seeds import CHANCE, generator
from twins import NAMES, NUMBERS, PAIRS, TWINS, case, responses

from bayesglmm.errors import SpecError
from bayesglmm.families import FAMILIES, Rows, find_family, find_link, written_families
from bayesglmm.families.counting import whole_quantile
from bayesglmm.families.link import NormalLocation


def test_every_family_has_a_twin():
    assert set(TWINS) == set(NAMES)


@pytest.mark.parametrize(("name", "link"), PAIRS)
def test_density(name, link):
    family, link, eta, rows, others, twin = case(name, link)
    log = twin.logpmf if family.support.discrete else twin.logpdf
    for y in responses(twin):
        assert family.support.allows(y, rows.trials).all()
        found = family.log_density(link, eta, replace(rows, y=y), others)
        np.testing.assert_allclose(found, log(y), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_variance(name):
    family, link, eta, rows, others, twin = case(name, find_family(name).links[0])
    mean = family.mean(link, eta, rows, others) * rows.trials
    np.testing.assert_allclose(mean, twin.mean(), rtol=1e-12)
    found = family.variance(link.inverse(eta), rows, others)
    np.testing.assert_allclose(found, twin.var(), rtol=1e-11)


@pytest.mark.parametrize(("name", "link"), PAIRS)
def test_expected_variance_is_the_mean_of_the_variance_between_groups(name, link):
    """By 60 nodes of Gauss and Hermite, at the variance of the groups' effects that is given."""
    family, link, eta, rows, others, _ = case(name, link)
    variance = 0.04
    node, weight = np.polynomial.hermite_e.hermegauss(60)
    spread = eta + np.sqrt(variance) * node[:, None]
    direct = family.variance(link.inverse(spread), rows, others)
    found = family.variance.expected(NormalLocation(link, eta, variance), rows, others)
    expected = (weight / weight.sum()) @ np.broadcast_to(direct, spread.shape)
    np.testing.assert_allclose(np.broadcast_to(found, eta.shape), expected, rtol=1e-9)


RESIDUAL = {
    "gaussian": lambda p: p["sigma"] ** 2,
    "gamma": lambda p: 1 / p["alpha"],
    "inverse_gaussian": lambda p: 1 / p["shape"],
    "tweedie": lambda p: p["phi"],
}
"""What a unit deviance is not divided by."""


@pytest.mark.parametrize("name", [family.name for family in FAMILIES if family.deviance])
def test_the_deviance_is_what_is_lost_against_a_perfect_mean(name):
    family, link, eta, rows, others, twin = case(name, find_family(name).links[0])
    size = rows.exposure * rows.trials
    mean = size * link.inverse(eta)
    for y in responses(twin):
        rows = replace(rows, y=y)
        perfect = y / size
        if family.support.positive:
            ends = (1e-12, 1 - 1e-12) if family.support.below_one else (1e-300, None)
            perfect = perfect.clip(*ends)
        saturated = family.log_density(link, link.forward(perfect), rows, others)
        lost = saturated - family.log_density(link, eta, rows, others)
        scale = RESIDUAL[name](others) if name in RESIDUAL else 1.0
        found = family.deviance(y, mean, rows, others)
        np.testing.assert_allclose(found, 2 * scale * lost, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", [family.name for family in NUMBERS if family.others])
def test_the_variance_is_linear_in_a_power_of_each_parameter_and_of_the_mean(name):
    family, link, eta, rows, others, twin = case(name, find_family(name).links[0])
    value = link.inverse(eta)
    for item in (item for item in family.others if item.power is not None):
        levels = np.array([1.0, 2.0, 3.0]) ** (1 / item.power)
        at = [family.variance(value, rows, others | {item.name: level}) for level in levels]
        np.testing.assert_allclose(at[2] - at[1], at[1] - at[0], rtol=1e-10)
        of_mean = others.get(item.of_mean, item.of_mean)
        coefficient = (at[1] - at[0]) / twin.mean() ** of_mean
        np.testing.assert_allclose(coefficient, coefficient[0], rtol=1e-10)


@pytest.mark.parametrize(("name", "link"), PAIRS)
def test_distribution_function_and_quantiles(name, link):
    family, link, eta, rows, others, twin = case(name, link)
    y = responses(twin)
    for shift in (-0.5, 0.0, 0.5):  # between whole numbers and below all of them, too
        found = family.cdf(y + shift, link, eta, rows, others)
        np.testing.assert_allclose(found, twin.cdf(y + shift), rtol=1e-9, atol=1e-15)
    for share in (1e-3, 0.1, 0.5, 0.77, 0.999):
        found = family.quantile(share, link, eta, rows, others)
        np.testing.assert_allclose(found, twin.ppf(share), rtol=1e-9)


def test_quantiles_of_whole_numbers_are_the_first_that_reach_the_share():
    def cumulative(y):
        return stats.poisson.cdf(y, [0.1, 3.0, 1e6, 1e14])

    for share in (0.0, 1e-9, 0.3, 0.999999):
        found = whole_quantile(cumulative, share)
        assert (cumulative(found) >= share).all()
        assert ((found == 0) | (cumulative(found - 1) < share)).all()
    assert whole_quantile(lambda y: np.full(np.shape(y), 0.5), 0.6) == np.inf


@pytest.mark.parametrize(("name", "link"), PAIRS)
def test_draws_have_the_distribution(name, link):
    """Probability integral transforms, randomised where responses are whole numbers."""
    count = 4000
    family, link, eta, rows, others, _ = case(name, link, n=count)
    rng = generator(7)
    if family.takes_trials:
        rows = replace(rows, trials=np.resize([3.0, 9.0, 40.0], count))
    drawn = family.draw(rng, link, eta, rows, others)
    assert drawn.shape == (count,)
    assert family.support.allows(drawn, rows.trials).all()
    twin = TWINS[name](link.inverse(eta), rows, others)
    below = twin.cdf(drawn - 1 if family.support.discrete else np.nextafter(drawn, -np.inf))
    uniform = below + rng.uniform(size=count) * (twin.cdf(drawn) - below)
    assert stats.kstest(uniform, "uniform").pvalue > CHANCE


@pytest.mark.parametrize("name", NAMES)
def test_names_of_a_family_lead_to_it(name):
    family = find_family(name)
    for known in (*family.aliases, name, name.upper(), name.replace("_", "")):
        assert find_family(known) is family
    assert family.elsewhere
    assert family.title
    assert "(" not in family.distribution_name


@pytest.mark.parametrize("name", NAMES)
def test_parameters_have_links_words_and_letters(name):
    family = find_family(name)
    assert family.canonical in ("", *family.links)
    assert family.includes(family)
    for limit in map(find_family, family.limits):
        assert limit.links == family.links
        assert family.includes(limit)
        assert not limit.includes(family)
    assert sum(family.is_canonical(find_link(link)) for link in family.links) <= 1
    assert len({item.symbol for item in family.parameters}) == len(family.parameters)
    for item in family.parameters:
        assert item.meaning
        assert item.symbol
        assert all(find_link(link) for link in item.links)
    start = family.starts(1.7)
    assert list(start) == [item.name for item in family.others]
    mean = np.array([0.5])
    assert np.isfinite(family.variance(mean, Rows(None), start)).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_support_keeps_its_word(name):
    family, link, eta, rows, _, twin = case(name, find_family(name).links[0])
    support, trials = family.support, rows.trials
    rows = replace(rows, y=responses(twin)[2])
    beyond = np.asarray(support.largest(trials)) + 1.0
    if np.isfinite(beyond).all():
        assert not support.allows(beyond, trials).any()
    assert support.allows(np.full(eta.shape, -1.0), trials).all() == support.unrestricted
    assert support.allows(np.full(eta.shape, 0.5), trials).all() == (not support.discrete)
    crude = support.crude(rows)
    assert np.isfinite(link.forward(crude))
    assert np.isfinite(support.empirical(rows)).all()
    assert all(np.isfinite(make(rows.y)) for make in support.statistics.values())
    assert support.mean
    assert support.baseline[0] in string.ascii_lowercase


@pytest.mark.parametrize("name", ["poisson", "binomial", "bernoulli"])
def test_crude_means_stay_inside_whatever_the_responses_are(name):
    family = find_family(name)
    trials = 4.0 if family.takes_trials else 1.0
    for y in (np.zeros(5), np.full(5, family.support.largest(trials) % 1e9)):
        rows = Rows(np.nan_to_num(y, nan=1e9), trials=trials)
        assert np.isfinite(find_link(family.links[0]).forward(family.support.crude(rows)))


def test_intervals_of_raw_means_are_scipys():
    y, y2, size = np.array([3.0, 0.0]), np.array([9.0, 4.0]), np.array([10.0, 7.0])
    for share in (0.025, 0.975):
        proportion = find_family("binomial").support.interval(y, y2, size, share)
        np.testing.assert_allclose(proportion, stats.beta.ppf(share, y + 0.5, size - y + 0.5))
        rate = find_family("poisson").support.interval(y, y2, size, share)
        np.testing.assert_allclose(rate, stats.gamma.ppf(share, y + 0.5) / size)
        values = np.array([1.0, 2.5, 4.0])
        sums = np.array([values.sum()]), np.array([np.square(values).sum()]), np.array([3.0])
        mean = find_family("gaussian").support.interval(*sums, share)
        twin = stats.t(2, values.mean(), values.std(ddof=1) / np.sqrt(3))
        np.testing.assert_allclose(mean, twin.ppf(share))


@pytest.mark.parametrize("name", NAMES)
def test_a_family_its_links_and_parameters_travel_by_name(name):
    family = find_family(name)
    for own in (family, *map(find_link, family.links), *family.parameters):
        assert pickle.loads(pickle.dumps(own)) is own
        assert copy.deepcopy(own) is own


def test_families_in_messages():
    for count in (1, 2, 3):
        some = FAMILIES[:count]
        names = [f"'{family.name}'" for family in some]
        said = {1: "{}", 2: "{} or {}", 3: "{}, {} or {}"}[count].format(*names)
        assert written_families(lambda family, some=some: family in some) == f"family={said}"
    with pytest.raises(SpecError, match="Unknown family"):
        find_family("nothing like it")
