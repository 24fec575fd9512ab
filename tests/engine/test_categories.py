"""Rows of categories in compiled code: against the families' own densities, also far out."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_maker import central_differences
from seeds import generator

from bayesglmm.engine.kernel.likelihood_calls import evaluate_rows
from bayesglmm.engine.likelihoods import find_general
from bayesglmm.families import FAMILIES, Rows, find_family, find_link

LEVELS, CELLS, REPEATS = ("poor", "fair", "good", "very good"), 12, 3
CASES = [
    (family.name, link, disc)
    for family in FAMILIES
    if family.support.categories
    for link in family.links
    for disc in ([False, True] if family.support.ordered else [False])
]


class Problem:
    """Rows of which several share a cell, and the linear predictors of each."""

    def __init__(self, name: str, link: str, disc: bool):
        self.family = find_family(name).of_levels(LEVELS)
        self.others = [item for item in self.family.others if disc or item.constant is None]
        self.links = [find_link(link), *(find_link(item.links[0]) for item in self.others)]
        names = tuple(one.name for one in self.links)
        self.likelihood = find_general(f"{name}+disc" if disc else name, names)
        self.cell = generator(4).permutation(np.repeat(np.arange(CELLS), REPEATS))
        self.eta = 0.6 * generator(5).normal(size=(CELLS, len(self.links)))
        y = np.arange(CELLS)[self.cell] % 4
        self.rows = Rows(y.astype(float))
        n = CELLS * REPEATS
        self.statistics = self.likelihood.summarise(self.rows, np.zeros(n), self.cell, CELLS)

    def expected(self, eta):
        """Log density of the rows of each cell."""
        own = eta[self.cell]
        pairs = zip(self.others, self.links[1:], own[:, 1:].T, strict=True)
        values = {item.name: link.inverse(column) for item, link, column in pairs}
        density = self.family.log_density(self.links[0], own[:, 0], self.rows, values)
        return np.bincount(self.cell, density)

    def found(self, eta):
        """Log likelihood, and the scores of each cell."""
        value, score, _ = evaluate_rows(self.likelihood, self.statistics, eta.ravel(), 1)
        return value, score.reshape(CELLS, -1)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "-".join(map(str, case)))
def problem(request):
    return Problem(*request.param)


def test_density_and_scores(problem):
    value, score = problem.found(problem.eta)
    assert value == pytest.approx(problem.expected(problem.eta).sum(), rel=1e-11)
    expected = central_differences(
        lambda by: problem.expected(problem.eta + by), np.zeros(len(problem.links))
    )
    np.testing.assert_allclose(score, expected, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("far", [-700.0, -40.0, 40.0, 700.0])
def test_far_out(problem, far):
    eta = problem.eta.copy()
    eta[:, 0] = far if len(problem.links) == 3 else far / 3  # which the discrimination multiplies
    value, score = problem.found(eta)
    assert value == pytest.approx(problem.expected(eta).sum(), rel=1e-11)
    assert np.isfinite(score).all()


def test_each_number_of_categories_is_a_function_of_its_own():
    """Compiled code is kept by name: that of four categories must not be taken for five."""
    names = {
        find_general(family, ("logit", *links)).rows.__name__
        for family, link in (("cumulative", "log"), ("sequential", "identity"))
        for links in ([link] * count for count in (1, 2, 3))
    }
    names |= {find_general("categorical", ("log",) * count).rows.__name__ for count in (2, 3)}
    assert len(names) == 8


def test_links_that_it_has_not():
    assert find_general("cumulative", ("log", "log")) is None
    assert find_general("cumulative", ("logit", "identity")) is None
    assert find_general("cumulative+disc", ("logit", "log", "identity")) is None
    assert find_general("categorical", ("log", "logit")) is None
