"""Models, fits and tables travel: pickled, copied, sent to a process that was just started."""

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from answers import answers, ask
from posterior_maker import binary_fit, count_fit, count_model, make_fit, normal_fit
from seeds import seed

import bayesglmm as bg
from bayesglmm.errors import EngineError
from bayesglmm.families import Family, Link, Param
from bayesglmm.tables import Table

WAYS = {
    "pickled": lambda value: pickle.loads(pickle.dumps(value)),
    "copied": copy.deepcopy,
}
ways = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
PLACE = np.arange(48)
ROWS = pd.DataFrame(
    {
        "y": np.sin(PLACE),
        "x": np.exp(np.cos(PLACE)),
        "n": PLACE + 1.0,
        "k": PLACE % 3,
        "trt": PLACE // 2 % 2,
        "f": np.array(list("bca"))[PLACE % 3],
        "g": np.array(["u", "25 - 39", "v, w", "z"])[PLACE // 12],
    }
)
EVERYTHING = (
    "y ~ f*center(x) + bs(n, df=4) + poly(x, 2):trt + C(k, Sum) + binary(trt)*I(x**2) "
    "+ offset(log(n)) + (scale(x) | g) + (1 | f:g)"
)
"""A formula whose functions all learn something."""


def arrays(design):
    """What the predictor is made of."""
    predictor = design.predictor
    yield from (predictor.X, predictor.offset, predictor.gaps)
    for group in predictor.groups:
        yield from (group.Z, group.index)


def same(found, known):
    """Whether two answers are one: printed and in every number."""
    assert str(found) == str(known)
    for name in ("frame", "ratios"):
        value, expected = getattr(found, name, None), getattr(known, name, None)
        if isinstance(expected, Table):
            value, expected = value.frame, expected.frame
        if expected is not None:
            pd.testing.assert_frame_equal(value, expected, check_exact=True)


@ways
@pytest.mark.parametrize("written", [False, True], ids=["", "graph asked for"])
def test_a_model_gives_the_same_columns(way, written):
    model = bg.Model(EVERYTHING, ROWS, labels={"f": {"a": "one", "b": "two", "c": "three"}})
    if written:
        assert model.pymc.named_vars
    other = way(model)
    assert repr(other) == repr(model)
    assert other.spec == model.spec
    assert dict(other.priors) == dict(model.priors)
    new = ROWS.iloc[[40, 3, 3]].assign(g=["z", "new", "u"]).drop(columns="y")
    for found, known in (
        (other.design, model.design),
        (other.design.apply(new), model.design.apply(new)),
    ):
        for value, expected in zip(arrays(found), arrays(known), strict=True):
            np.testing.assert_array_equal(value, expected)
    assert [finding.code for finding in other.audit().findings] == [
        finding.code for finding in model.audit().findings
    ]


NAMED = (Family, Link, Param)
"""What travels as a name."""
PLAIN = (str, int, float, bool, type(None), tuple, dict, np.ndarray, pd.DataFrame)


def pieces(value):
    """A value and all that it is made of, up to what has a name or is an array."""
    yield value
    inside = ()
    if is_dataclass(value) and not isinstance(value, NAMED):
        inside = [getattr(value, item.name) for item in fields(value)]
    elif isinstance(value, dict):
        inside = [*value, *value.values()]
    elif isinstance(value, tuple):
        inside = value
    for item in inside:
        yield from pieces(item)


def test_a_design_is_made_of_plain_data():
    model = bg.Model(
        EVERYTHING, ROWS, family="gaussian", priors={"slopes": bg.Prior("Normal", sigma=2)}
    )
    for piece in pieces(model.design):
        assert isinstance(piece, PLAIN) or is_dataclass(piece), piece
        assert not callable(piece) or isinstance(piece, NAMED), piece


@ways
def test_an_extended_graph_stays_extended(way):
    model = bg.Model("y ~ x + (1 | g)", ROWS)
    with model.pymc:
        pm.Potential("steep", -(model.pymc["x"] ** 2))
    pm.set_data({"y_data": ROWS["y"].to_numpy() + 1}, model=model.pymc)
    other = way(model)
    assert other.pymc is not model.pymc
    points = [graph.pymc.initial_point() for graph in (model, other)]
    densities = [
        graph.pymc.compile_logp(mode="FAST_COMPILE")(point)
        for graph, point in zip((model, other), points, strict=True)
    ]
    assert densities[0] == densities[1]
    with pytest.raises(EngineError, match="the graph was extended by steep"):
        other.refit(draws=100)
    pm.set_data({"y_data": ROWS["y"].to_numpy()}, model=other.pymc)
    assert model.pymc["y_data"].get_value()[0] == 1.0


FITS = {
    "counts": count_fit,
    "binary": binary_fit,
    "normal": normal_fit,
    "curves": lambda: make_fit(bg.Model(EVERYTHING.replace("scale(x)", "1"), ROWS)),
}


@pytest.fixture(scope="module", params=FITS.values(), ids=FITS)
def fit(request):
    made = request.param()
    assert made.verdict is not None
    assert made.idata["observed_data"].sizes["__obs__"] == made.design.n
    return made, list(answers(made))


@ways
def test_a_fit_gives_the_same_answers(fit, way):
    made, expected = fit
    for found, known in zip(answers(way(made)), expected, strict=True):
        same(found, known)


@ways
def test_what_a_fit_gives_travels(fit, way):
    for known in fit[1]:
        same(way(known), known)


@pytest.mark.parametrize("name", ["log_likelihood", "log_prior", "posterior_predictive"])
def test_groups_that_are_made_when_first_read_travel(name):
    made = normal_fit()
    group = made.idata[name].to_dataset()
    for way in WAYS.values():
        for variable, values in way(group).data_vars.items():
            np.testing.assert_array_equal(values, made.idata[name][variable])


@pytest.mark.slow
def test_another_process_gives_the_same_answers():
    fit, model = count_fit(), count_model()
    assert model.pymc.named_vars
    asked = {"draws": 100, "chains": 4, "seed": seed(3), "progress": False}
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawned) as pool:
        found, fitted, printed, table = pool.submit(ask, fit, model, fit.ratios(), asked).result()
    for value, expected in zip(found, answers(fit), strict=True):
        same(value, expected)
    assert printed == str(fit.ratios())
    same(table, fit.ratios())
    here = model.fit(**asked)
    for name, values in here.draws.posterior.data_vars.items():
        np.testing.assert_array_equal(fitted.draws.posterior[name], values)
    same(fitted.predictions(), here.predictions())
