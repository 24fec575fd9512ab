"""The time allowed is read between pieces of the pilot's algebra and of the choice of a map."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_maker import counts_model
from seeds import generator, seed

from bayesglmm.engine import kernel_sampler
from bayesglmm.engine.choice import choose_map
from bayesglmm.engine.deadline import Deadline, TimeRanOutError
from bayesglmm.engine.dense import COLUMNS, LARGE, positive_inverse
from bayesglmm.engine.kernel_sampler import make_target, run_pilot
from bayesglmm.errors import EngineError


class Looks(Deadline):
    """A deadline that passes after so many looks at it."""

    def __init__(self, allowed: float) -> None:
        super().__init__()
        object.__setattr__(self, "left", allowed)

    def check(self) -> None:
        object.__setattr__(self, "left", self.left - 1)
        if self.left < 0:
            raise TimeRanOutError


def large_matrix() -> np.ndarray:
    columns = generator(1).normal(size=(LARGE, 40))
    return np.eye(LARGE) + columns @ columns.T


def test_a_large_inverse_in_pieces_is_the_inverse():
    matrix, looks = large_matrix(), Looks(np.inf)
    found, log_determinant = positive_inverse(matrix, looks.check)
    np.testing.assert_allclose(matrix @ found, np.eye(LARGE), atol=1e-9)
    assert log_determinant == pytest.approx(np.linalg.slogdet(matrix)[1], rel=1e-12)


@pytest.mark.parametrize("pieces", [0, 2])
def test_a_large_inverse_is_given_up_between_pieces(pieces):
    assert pieces < LARGE / COLUMNS
    with pytest.raises(TimeRanOutError):
        positive_inverse(large_matrix(), Looks(pieces).check)


@pytest.mark.parametrize("rows", [1, 5, LARGE])
def test_what_is_not_positive_definite_is_said(rows):
    indefinite = np.diag(np.append(np.ones(rows - 1), -1.0))
    for matrix in (indefinite, np.full((rows, rows), np.nan)):
        with pytest.raises(np.linalg.LinAlgError):
            positive_inverse(matrix, Looks(np.inf).check)


def test_the_choice_of_a_map_is_given_up_between_positions():
    model = counts_model()
    target = make_target(model.design, model.priors)
    proposed = run_pilot(model.design, target).transport
    with pytest.raises(TimeRanOutError):
        choose_map(target, proposed, seed(1), Looks(150))


def test_time_that_runs_out_before_sampling_is_said(monkeypatch):
    monkeypatch.setattr(kernel_sampler, "Deadline", Looks)
    monkeypatch.setattr(Looks, "after", lambda _: Looks(20), raising=False)
    with pytest.raises(EngineError, match="ended before it had draws to show: the time allowed"):
        counts_model().fit(seed=seed(1), progress=False, max_minutes=1)
