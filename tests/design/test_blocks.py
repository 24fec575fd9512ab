"""Group terms that share a name: blocks of effects, their names, columns and parameters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg
from bayesglmm.design import make_design
from bayesglmm.design.audit import audit
from bayesglmm.design.design import Design
from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.errors import DataError, SpecError

rng = np.random.default_rng(6)  # any data: names and columns are looked at
DATA = pd.DataFrame(
    {
        "y": rng.normal(size=120),
        "x": rng.normal(size=120),
        "z": rng.normal(size=120),
        "f": np.tile(["a", "b", "c"], 40),
        "g": np.repeat([f"g{number}" for number in range(20)], 6),
        "h": np.tile(["u", "v", "w", "s"], 30),
    }
)


def design_of(mean: str, sigma: str = "~ 1", **options: object) -> Design:
    return make_design(bg.specify(f"y ~ {mean}", sigma=sigma, **options), DATA)


# Formula of the mean, of sigma; for each block its name, its effects, whether they correlate.
BLOCKS = [
    ("(1 |p| g)", "~ z", [("1|g", "1|g", False)]),
    ("(1 + x |p| g)", "~ z", [("1+x|g", "1|g x|g", True)]),
    ("(1 |p| g) + (0 + x |p| g)", "~ z", [("1+x|g", "1|g x|g", True)]),
    ("(0 + x |p| g) + (1 |p| g)", "~ z", [("1+x|g", "1|g x|g", True)]),
    ("(1 |p| g) + (0 + x |q| g)", "~ z", [("1|g", "1|g", False), ("x|g", "x|g", False)]),
    ("(1 |p| g)", "~ (1 |q| g)", [("1|g", "1|g", False), ("sigma_1|g", "sigma_1|g", False)]),
    ("(1 |p| g)", "~ (1 | g)", [("1|g", "1|g", False), ("sigma_1|g", "sigma_1|g", False)]),
    ("1", "~ (1 + z |p| g)", [("sigma_1+z|g", "sigma_1|g sigma_z|g", True)]),
    ("(1 |p| g)", "~ (1 |p| g)", [("1+sigma_1|g", "1|g sigma_1|g", True)]),
    ("(1+x |p| g)", "~ (1 |p| g)", [("1+x+sigma_1|g", "1|g x|g sigma_1|g", True)]),
    (
        *("(1 |p| g) + (0 + x |q| g) + (1 || h)", "~ (0 + z |p| g) + (1 |q| g)"),
        [
            ("1+sigma_z|g", "1|g sigma_z|g", True),
            ("x+sigma_1|g", "x|g sigma_1|g", True),
            ("1|h", "1|h", False),
        ],
    ),
    (
        *("(1 |p| g) + (0 + f |p| g)", "~ (1 |p| g)"),
        [("1+f[a]+f[b]+f[c]+sigma_1|g", "1|g f[a]|g f[b]|g f[c]|g sigma_1|g", True)],
    ),
]


@pytest.mark.parametrize(("mean", "sigma", "expected"), BLOCKS)
def test_known_blocks(mean, sigma, expected):
    design = design_of(mean, sigma)
    found = [(b.name, " ".join(b.effects), b.correlated) for b in design.blocks]
    assert found == expected
    for block, terms in design.blocks.items():
        assert block.effects == tuple(effect for term in terms for effect in term.effects)
        assert block.sds == tuple(name for term in terms for name in term.sds)
        assert all(term.correlated == block.correlated for term in terms)


def test_bars_of_one_name_are_one_term_with_the_columns_of_both():
    design = design_of("(0 + x |p| g) + (1 |p| g) + (0 + f |p| g)")
    (group,) = design.predictor.groups
    assert group.columns == ("1", "x", "f[a]", "f[b]", "f[c]")
    indicators = [(DATA["f"] == level).to_numpy(dtype=float) for level in "abc"]
    expected = np.column_stack([np.ones(len(DATA)), DATA["x"], *indicators])
    np.testing.assert_array_equal(group.Z, expected)
    assert group.intercept
    assert set(group.products) == {"x", "f[a]", "f[b]", "f[c]"}
    new = design.apply(pd.DataFrame({"x": [2.0], "f": ["b"], "g": ["new"], "z": [0.0]}))
    np.testing.assert_array_equal(new.predictor.groups[0].Z, [[1, 2, 0, 1, 0]])
    assert list(new.blocks) == list(design.blocks)


def test_parameters_of_a_block_across_predictors():
    """Each standard deviation stands with its predictor, the correlations behind the last."""
    design = design_of("x + (1 + x |p| g) + (1 | h)", "~ z + (1 |p| g)", labels={"g": "clinic"})
    rows = model_parameters(design, PARAMETERS)
    assert [row.variable for row in rows] == [
        *("Intercept", "x", "1|g_sigma", "x|g_sigma", "1|h_sigma"),
        *("sigma_Intercept", "sigma_z", "sigma_1|g_sigma", "1+x+sigma_1|g_cor"),
    ]
    cor = rows[-1]
    assert (cor.predictor, cor.factor, cor.group) == ("mu", "g", "1+x+sigma_1|g")
    assert cor.labels == tuple(
        f"1+x+sigma_1|g_cor[{pair}]" for pair in ("1, x", "1, sigma_1", "x, sigma_1")
    )
    assert cor.names == ("cor(1, x|g)", "cor(1, sigma: 1|g)", "cor(x, sigma: 1|g)")
    assert cor.printed == (
        *("cor(1, x|clinic)", "cor(1, sigma: 1|clinic)", "cor(x, sigma: 1|clinic)"),
    )
    assert cor.whole == ("cor(1+x+sigma: 1|g)", "cor(1+x+sigma: 1|clinic)")


def test_a_block_of_one_other_predictor_has_its_name_once():
    rows = model_parameters(design_of("1", "~ (1 + z |p| g)"), ["cor"])
    assert [row.names for row in rows] == [("cor(sigma: 1, z|g)",)]
    assert rows[0].predictor == "sigma"


PRIOR = bg.Prior("LKJ", eta=7)
HALF = bg.Prior("HalfNormal", sigma=0.3)

# Keys of priors=; the parameters that they speak of.
KEYS = [
    ({"cor": PRIOR}, ["1+x+sigma_1|g_cor"]),
    ({"cor|g": PRIOR}, ["1+x+sigma_1|g_cor"]),
    ({"sd": HALF}, ["1|g_sigma", "x|g_sigma"]),
    ({"g": HALF}, ["1|g_sigma", "x|g_sigma"]),
    ({"1|g": HALF}, ["1|g_sigma"]),
    ({"sigma": {"1|g": HALF}}, ["sigma_1|g_sigma"]),
    ({"sigma": {"sd": HALF}}, ["sigma_1|g_sigma"]),
]


@pytest.mark.parametrize(("priors", "names"), KEYS)
def test_keys_of_priors(priors, names):
    model = bg.Model("y ~ (1 + x |p| g)", DATA, sigma="~ (1 |p| g)", priors=priors)
    said = [name for name, chosen in model.priors.items() if chosen.reason.startswith("said")]
    assert said == names


@pytest.mark.parametrize("key", ["cor", "cor|g"])
def test_correlations_across_predictors_are_not_those_of_sigma(key):
    with pytest.raises(SpecError, match=r"Did you mean priors\['cor"):
        bg.Model("y ~ (1 |p| g)", DATA, sigma="~ (1 |p| g)", priors={"sigma": {key: PRIOR}})


REFUSED = [
    ("(1 | g) + (1 + x |p| g)", "~ 1", "The group effect '1|g' appears in two terms"),
    ("(1 |p| g) + (x |p| g)", "~ 1", "The group effect '1|g' appears in two terms"),
    ("(1 |g| h)", "~ 1", "'g' is a column of the data, but stands as the name of (1 |g| h)."),
    ("1", "~ (1 |x| g)", "Write (1 | x) + (1 | g) for effects of both factors"),
]


@pytest.mark.parametrize(("mean", "sigma", "says"), REFUSED)
def test_what_is_refused(mean, sigma, says):
    with pytest.raises(DataError) as caught:
        design_of(mean, sigma)
    assert says in str(caught.value)


def test_names_that_would_meet():
    data = DATA.assign(sigma_1=DATA["x"])
    spec = bg.specify("y ~ (0 + sigma_1 |p| g)", sigma="~ (1 |p| g)")
    with pytest.raises(DataError, match=r"Two group effects .* named 'sigma_1\|g'"):
        make_design(spec, data)


def test_more_correlations_than_levels():
    """Each predictor alone has few enough; together, 3 + 3 effects are 21 numbers of 20 levels."""
    design = design_of("(1 + f |p| g)", "~ (1 + f |p| g)")
    said = "21 standard deviations and correlations of the terms named p"
    assert said in " ".join(finding.sentence for finding in audit(design).findings)
    fewer = audit(design_of("(1 + f |p| g)", "~ (1 + x |p| g)"))
    assert "terms named p" not in " ".join(finding.sentence for finding in fewer.findings)
