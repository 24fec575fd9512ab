"""Draws handed over while chains run: in time, not too often, and never the same twice."""

import numpy as np

from bayesglmm.engine.convergence import SHORTEST
from bayesglmm.engine.keeping import EVERY, NOBODY, SHARE, Keeper
from bayesglmm.engine.nuts import Sample

TUNE = 100


class Chains:
    """Chains that have made so many draws."""

    def __init__(self, finished):
        self.finished = finished

    def look(self):
        return Sample(np.zeros((4, self.finished, 1)), {})


class Watch:
    """A clock that is set, and moves on while draws are written."""

    def __init__(self, cost=0.0):
        self.now, self.cost, self.kept = 0.0, cost, []
        self.keeper = Keeper(self.keep, TUNE, lambda: self.now)

    def keep(self, sample):
        self.kept.append(sample.draws)
        self.now += self.cost

    def at(self, now, finished):
        self.now = now
        self.keeper.offer(Chains(finished))


def test_draws_are_handed_over_when_it_is_time():
    watch = Watch()
    watch.at(EVERY - 1, 500)
    watch.at(EVERY, 510)
    watch.at(EVERY + 1, 520)
    watch.at(2 * EVERY, 530)
    assert watch.kept == [510, 530]


def test_warm_up_is_not_handed_over():
    watch = Watch()
    watch.at(EVERY, TUNE + SHORTEST - 1)
    watch.at(EVERY + 1, TUNE + SHORTEST)
    assert watch.kept == [TUNE + SHORTEST]


def test_the_same_draws_are_not_handed_over_again():
    watch = Watch()
    for k in range(1, 4):
        watch.at(k * EVERY, 300)
    assert watch.kept == [300]


def test_writing_takes_no_more_than_its_share():
    watch = Watch(cost=EVERY)
    watch.at(EVERY, 300)
    after = 2 * EVERY
    watch.at(after + EVERY / SHARE - 1, 400)
    watch.at(after + EVERY / SHARE, 500)
    assert watch.kept == [300, 500]


def test_nobody_is_handed_nothing():
    NOBODY.offer(Chains(10_000))
