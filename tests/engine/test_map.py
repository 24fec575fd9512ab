"""The map is a change of variables: whatever its numbers, draws behind it are of the posterior."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from kernel_maker import bent, central_differences, non_centred, random_transport, unbent
from seeds import generator

import bayesglmm as bg
from bayesglmm.engine import choice
from bayesglmm.engine.far_columns import users
from bayesglmm.engine.kernel_sampler import make_target, run_pilot
from bayesglmm.engine.shares import from_shares
from bayesglmm.engine.target import Target
from bayesglmm.engine.transport import Transport


def make_rows() -> pd.DataFrame:
    rng = generator(4)
    rows = 120
    return pd.DataFrame(
        {
            "x": rng.choice([-1.0, 0.5, 2.0], rows),
            "f": rng.choice(["low", "mid", "high"], rows),
            "g": rng.choice(list("abcdefg"), rows),
            "h": rng.choice(list("uvst"), rows),
            "k": rng.choice(list("mno"), rows),
            "pair": np.minimum(np.arange(rows), 99),
            "time": rng.uniform(0.5, 2, rows),
            "count": rng.poisson(2.0, rows),
            "binary": rng.integers(0, 2, rows),
            "real": rng.normal(size=rows),
        }
    )


MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "no groups": ("real ~ x + f", {"family": "gaussian"}),
    "one effect": ("binary ~ x + (1 | g)", {"family": "bernoulli"}),
    "two effects": ("count ~ x + (1 + x | g)", {"family": "poisson", "exposure": "time"}),
    "three effects": ("count ~ x + (1 + f | h)", {"family": "negative_binomial"}),
    "two factors": ("real ~ x + (1 | g) + (1 | h)", {"family": "gaussian"}),
    "two factors of two effects": (
        "count ~ f + (1 + x || g) + (1 + x | h)",
        {"family": "negative_binomial", "exposure": "time"},
    ),
    "almost a level a row": ("real ~ x + (1 | pair) + (1 | g)", {"family": "gaussian"}),
    "three factors": ("binary ~ x + (1 + x | g) + (1 | h) + (1 | k)", {"family": "bernoulli"}),
    "effects alone": ("binary ~ 0 + (1 | g) + (1 | h)", {"family": "bernoulli"}),
}

MAPS: dict[str, dict[str, Any]] = {
    "plain": {"crossed": False},
    "cross terms": {},
    "rotation": {"turned": True},
    "latent scale": {"latent": 0.5, "crossed": False},
    "residual scale": {"residual": True},
    "shared residual": {"residual": True, "shared": True, "turned": True, "bent": True},
    "shared residual beside a joint block": {"residual": True, "shared": True, "joint": 1},
    "bends": {"bent": True},
    "columns far from 0": {"far": True},
    "joint block": {"joint": 1, "crossed": False},
    "joint blocks": {"joint": 2, "residual": True},
    "all": {"latent": 0.3, "turned": True, "bent": True, "far": True, "joint": 1},
}


@pytest.fixture(scope="module", params=MODELS)
def model(request) -> bg.Model:
    formula, options = MODELS[request.param]
    return bg.Model(formula, make_rows(), **options)


@pytest.fixture(scope="module")
def natural(model: bg.Model) -> Target:
    return make_target(model.design, model.priors)


@pytest.fixture(scope="module")
def pilots(model: bg.Model, natural: Target) -> dict[str, Transport]:
    pilot = run_pilot(model.design, natural).transport
    return {"pilot": pilot, "non-centred pilot": choice.non_centred(pilot)}


@pytest.fixture(params=[*MAPS, "pilot", "non-centred pilot"])
def mapped(request, natural: Target, pilots: dict[str, Transport]) -> Target:
    rng = generator(6)
    if request.param in pilots:
        return natural.moved(pilots[request.param])
    return natural.moved(random_transport(natural.coordinates, rng, **MAPS[request.param]))


def position(target: Target, seed: int = 1) -> np.ndarray:
    return 0.5 * generator(seed).normal(size=target.coordinates.size)


def constant(transport: Transport) -> float:
    """The part of the log determinant that depends on no position, which is left out."""
    factors = (transport.theta_factor, transport.fixed_factor)
    return float(sum(np.log(np.abs(np.diagonal(factor))).sum() for factor in factors))


def test_density_is_the_natural_one_times_the_jacobian(natural: Target, mapped: Target):
    z = position(mapped)

    def parameters(at: np.ndarray) -> np.ndarray:
        return non_centred(mapped, mapped.place(at))

    sign, jacobian = np.linalg.slogdet(central_differences(parameters, z))
    assert sign != 0
    expected = natural.density(parameters(z))[0] + jacobian - constant(mapped.transport)
    assert mapped.density(z)[0] == pytest.approx(expected, rel=1e-8, abs=1e-6)


def test_gradient_is_the_derivative(mapped: Target):
    z = position(mapped, seed=2)
    _, gradient = mapped.density(z)
    # A step across a knot of a bend, where third derivatives break, errs by its square.
    expected = central_differences(lambda at: mapped.density(at)[0], z, step=1e-4)
    np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-6 * np.abs(gradient).max())


def test_theta_and_fixed_effects_are_as_the_map_says(mapped: Target):
    transport, coordinates = mapped.transport, mapped.coordinates
    T, P = coordinates.theta, coordinates.fixed
    z = position(mapped, seed=3)
    inner = transport.theta_center + transport.theta_factor @ bent(transport, z[:T])
    theta, _ = users(coordinates, transport.means, from_shares(transport.shared, inner))
    sds = np.exp(theta[: len(coordinates.effects)])
    kappa = np.sqrt(1 + transport.latent * np.sum(transport.spread * sds**2))
    whole = np.sqrt(np.exp(2 * theta[-1]) + np.sum(sds[transport.shared] ** 2)) if T else 1.0
    scale = (whole if transport.residual else kappa) / np.exp(transport.log_scales[0])
    anchor = 1 / scale if transport.residual else 1.0
    found = mapped.place(z)
    np.testing.assert_allclose(found[:T], theta, rtol=1e-9, atol=1e-12)
    effects, H = found[T + P :] / scale, transport.joint_size
    before = effects[:H] - anchor * transport.blocks[0].center if H else np.zeros(0)
    fixed = anchor * transport.fixed_center + transport.fixed_factor @ z[T : T + P]
    expected = scale * (fixed - transport.fixed_cross @ before)
    np.testing.assert_allclose(found[T : T + P], expected, rtol=1e-9, atol=1e-12)


def test_the_pilot_s_centre_is_where_zero_goes(natural: Target, pilots: dict[str, Transport]):
    pilot = pilots["pilot"]
    centers = [block.center for block in pilot.blocks]
    inner = from_shares(pilot.shared, pilot.theta_center)
    theta, _ = users(natural.coordinates, pilot.means, inner)
    expected = np.concatenate([theta, pilot.fixed_center, *centers])
    z = np.zeros(natural.coordinates.size)
    z[: len(theta)] = unbent(pilot)
    found = natural.moved(pilot).place(z)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)


def test_identity(natural: Target):
    """It takes standard normal effects to effects, and leaves the rest alone."""
    assert natural.transport.name == "identity"
    z = position(natural)
    found = natural.place(z)
    head = natural.coordinates.theta + natural.coordinates.fixed
    np.testing.assert_array_equal(found[:head], z[:head])
    np.testing.assert_allclose(non_centred(natural, found), z, rtol=1e-12, atol=1e-13)


def test_natural_is_the_target_behind_the_identity(natural: Target, mapped: Target):
    z = position(natural)
    value, gradient = mapped.natural.density(z)
    expected, slopes = natural.density(z)
    assert value == expected
    np.testing.assert_array_equal(gradient, slopes)


def test_no_number_is_left_from_the_last_position(mapped: Target):
    """The compiled code keeps nothing between calls, and does not write to its position."""
    first, second = position(mapped, seed=4), position(mapped, seed=5)
    before, copied = mapped.density(first), first.copy()
    mapped.density(second)
    mapped.place(second)
    after = mapped.density(first)
    assert before[0] == after[0]
    np.testing.assert_array_equal(before[1], after[1])
    np.testing.assert_array_equal(first, copied)
