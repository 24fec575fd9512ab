"""The spec: defaults, and what it refuses without seeing data."""

import copy
import dataclasses

import pytest

from bayesglmm.errors import BayesglmmError, SpecError
from bayesglmm.families import FAMILIES, Prior
from bayesglmm.spec import specify


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_first_link_is_the_default(family):
    response = "p(y, n)" if family.takes_trials else "y"
    spec = specify(f"{response} ~ x", family=family.name)
    assert spec.link.name == family.links[0]
    for link in family.links:
        assert specify(f"{response} ~ x", family=family.name, link=link).link.name == link


def test_defaults():
    spec = specify("y ~ x")
    assert (spec.family.name, spec.link.name) == ("gaussian", "identity")
    assert (spec.exposure, spec.per, spec.missing, spec.centered) == (None, 1.0, "error", None)
    assert (spec.labels, spec.reference, spec.rules) == ({}, {}, ())


# What is wrong; keywords of specify; part of the message.
BAD = {
    "unknown family": ({"family": "poison"}, "Did you mean 'poisson'?"),
    "no family": ({"family": None}, "Unknown family None"),
    "unknown link": ({"link": "logg"}, "Did you mean 'log'?"),
    "link of another family": ({"link": "logit"}, "The gaussian family has no logit link"),
    "no trials": ({"family": "binomial"}, "Write p(y, n) ~"),
    "proportion": ({"formula": "p(y, n) ~ x", "family": "poisson"}, "Write family='binomial'"),
    "proportion for bernoulli": ({"formula": "p(y, n) ~ x", "family": "bernoulli"}, "proportion"),
    "exposure": ({"exposure": "t"}, "belongs to counts, not to the gaussian family"),
    "per alone": ({"family": "poisson", "per": 1000}, "per=1000 needs an exposure"),
    "per 0": ({"family": "poisson", "exposure": "t", "per": 0}, "must be a number above 0"),
    "per < 0": ({"family": "poisson", "exposure": "t", "per": -5}, "must be a number above 0"),
    "per nan": ({"family": "poisson", "exposure": "t", "per": float("nan")}, "above 0"),
    "per text": ({"family": "poisson", "exposure": "t", "per": "1000"}, "above 0"),
    "missing": ({"missing": "omit"}, 'Write missing="error" or "drop"'),
    "reference": ({"reference": {"xx": "a"}}, "Unknown name in reference= 'xx'"),
    "reference of a group": ({"reference": {"g": "a"}}, "Unknown name in reference= 'g'"),
    "reference as text": ({"reference": "x"}, "reference is 'x'. It must be a dictionary"),
    "labels as number": ({"labels": {"x": 3}}, "labels['x'] is 3"),
    "labels as empty list": ({"labels": {"x": []}}, "labels['x'] is []"),
    "priors as list": ({"priors": [Prior("Normal", sigma=1)]}, "It must be a dictionary"),
    "centered": ({"centered": {"h": True}}, "Unknown name in centered= 'h'"),
    "unclosed bar": ({"formula": "y ~ x + (1 | g"}, "'(' is never closed"),
    "prior": ({"priors": {"x": "Normal"}}, "priors['x'] is 'Normal'"),
}


@pytest.mark.parametrize(("options", "fragment"), BAD.values(), ids=BAD)
def test_bad_specs(options, fragment):
    with pytest.raises(BayesglmmError) as caught:
        specify(**{"formula": "y ~ x + (1 | g)"} | options)
    assert fragment in str(caught.value)


def test_a_spec_is_a_value():
    options = {"labels": {"x": {1: "a"}}, "priors": {"x": Prior("Normal", sigma=1)}}
    spec = specify("y ~ x", **options)
    assert spec == specify("y ~ x", **copy.deepcopy(options))
    assert spec != specify("y ~ x")
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.per = 2.0


def test_a_spec_does_not_follow_later_changes_of_its_arguments():
    labels = {"x": {1: "a", 2: "b"}}
    spec = specify("y ~ x", labels=labels)
    labels["x"][1] = "changed"
    assert spec.labels == {"x": {1: "a", 2: "b"}}


def test_a_copy_may_differ_in_one_field():
    spec = specify("y ~ x", title="One")
    assert dataclasses.replace(spec, title="Two").formula is spec.formula


@pytest.mark.parametrize("wish", [None, True, False, {"g": True}])
def test_centered(wish):
    assert specify("y ~ (1 | g)", centered=wish).centered == wish


def test_the_key_of_a_misspelt_prior_waits_for_the_columns():
    """A coefficient such as edu[4] exists only once there are data, so the spec cannot judge it."""
    assert specify("y ~ edu", priors={"eduu[4]": Prior("Normal", sigma=1)}).rules
    with pytest.raises(SpecError):
        specify("y ~ edu", priors={"eduu": Prior("HalfNormal", sigma=1)})
