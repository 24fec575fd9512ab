"""Dense algebra runs on one thread, whatever the user set, and the setting comes back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.linalg  # noqa: F401  (brings a BLAS of its own)
from kernel_maker import counts_model
from seeds import generator, seed
from threadpoolctl import threadpool_info, threadpool_limits

import bayesglmm as bg
from bayesglmm.engine import kernel_sampler
from bayesglmm.engine.blas import one_blas_thread
from bayesglmm.likelihood import estimate


def threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def nested() -> bg.Model:
    """Three nested factors: the head of the pilot is a dense matrix of 90 rows."""
    rng = generator(4)
    inner = np.repeat(np.arange(120), 2)
    rows = pd.DataFrame({"c": inner, "b": inner // 2, "a": inner // 4, "x": rng.normal(size=240)})
    rows["y"] = rng.poisson(np.exp(0.5 + rng.normal(0, 0.4, 30)[rows["a"]]))
    return bg.Model("y ~ x + (1 | a) + (1 | b) + (1 | c)", rows, family="poisson")


def test_one_thread_meanwhile_and_the_setting_back():
    with threadpool_limits(limits=2, user_api="blas"):
        before = threads()
        with one_blas_thread():
            assert threads() == {1}
        assert threads() == before
        with pytest.raises(KeyError), one_blas_thread():
            raise KeyError
        assert threads() == before


def test_fits_and_maximum_likelihood_run_on_one_thread(monkeypatch):
    seen = []
    for module, name in ((kernel_sampler, "run_pilot"), (estimate, "make_problem")):
        inner = getattr(module, name)

        def watched(*args, inner=inner, name=name, **options):
            seen.append((name, threads()))
            return inner(*args, **options)

        monkeypatch.setattr(module, name, watched)
    model = counts_model()
    with threadpool_limits(limits=2, user_api="blas"):
        before = threads()
        model.fit(seed=seed(1), draws=100, progress=False)
        model.ml()
        assert threads() == before
    assert seen == [("run_pilot", {1}), ("make_problem", {1})]


def test_draws_of_a_seed_do_not_depend_on_the_number_of_threads():
    model = nested()
    fits = []
    for number in (1, 2):
        with threadpool_limits(limits=number, user_api="blas"):
            fits.append(model.fit(seed=seed(1), draws=100, progress=False).draws.posterior)
    for name, values in fits[0].items():
        np.testing.assert_array_equal(values, fits[1][name])
