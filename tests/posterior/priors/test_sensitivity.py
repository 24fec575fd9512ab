"""Refits under other priors: conjugate answers, verdicts, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, count_rows, make_fit, normal_fit
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.errors import EngineError
from bayesglmm.posterior.priors.refit_tables import spread_table, verdict_table
from bayesglmm.posterior.priors.refits import other_spreads, other_widths
from bayesglmm.posterior.priors.verdicts import answers
from bayesglmm.report import material_of
from bayesglmm.report.sections.sensitivity import prior_sensitivity, sentences

ATTACK = "<script>alert(1)"


@pytest.fixture(scope="module")
def strong():
    """Twelve patients twice, and a prior that says much of the treatment."""
    rng = np.random.default_rng(5)  # data of a known answer
    rows = pd.DataFrame({"ID": np.repeat(np.arange(12), 2), f"t {ATTACK}": np.tile([0, 1], 12)})
    rows["y"] = rng.integers(0, 2, 24)
    priors = {
        "slopes": bg.Prior("Normal", mu=1, sigma=0.3),
        "ID": bg.Prior("HalfNormal", sigma=2.5),
    }
    model = bg.Model(f"y ~ `t {ATTACK}` + (1 | ID)", rows, family="bernoulli", priors=priors)
    fit = model.fit(seed=seed(1), progress=False)
    return fit, fit.sensitivity(refits=True, progress=False)


def test_verdicts_of_refits(strong):
    _, found = strong
    frame = found.verdicts.frame.set_index("")
    assert frame.loc[f"t {ATTACK}", "verdict"] in ("moves", "flips")
    assert list(frame.columns[2:]) == [
        "as fitted",
        *(
            f"{which} {words}"
            for words in ("half as wide", "twice as wide")
            for which in ("all", "slopes", "sd")
        ),
    ]
    labels = set(frame.index)
    assert labels == {"Intercept", f"t {ATTACK}", "sd(1|ID)"}
    said = sentences(found)
    assert said[0].startswith("Fitted again under other priors, of 3 parameters: ")
    assert any(sentence.startswith(f"t {ATTACK}: ") for sentence in said[1:])


def test_the_spread_follows_its_prior(strong):
    _, found = strong
    frame = found.spreads.frame.set_index("")
    assert list(frame.columns) == [f"HalfNormal({scale:g})" for scale in (1, 2.5, 5, 10)]
    sds = [float(cell.split()[0]) for cell in frame.loc["sd(1|ID)"]]
    assert sds[0] < sds[-1]
    # The fit's own prior is among them: its draws are not made again.
    assert (
        frame.loc["sd(1|ID)", "HalfNormal(2.5)"]
        == found.verdicts.frame.set_index("").loc["sd(1|ID)", "as fitted"]
    )
    assert any(label.startswith("marginal, t ") for label in frame.index)


def test_section_is_escaped_and_in_the_tables_words(strong):
    fit, found = strong
    made = material_of(fit, sensitivity=found)
    section = prior_sensitivity(made)
    assert ATTACK not in section.body
    assert "Answers under other priors" in section.body
    plain = prior_sensitivity(replace(made, sensitivity=None))
    assert "was not fitted again under other priors" in plain.body


def test_a_conjugate_mean_under_other_priors():
    """Known variance, nearly: the posterior mean of one coefficient has a closed form."""
    rng = np.random.default_rng(8)  # data of a known answer
    y = rng.normal(2.0, 1.0, 40)
    priors = {
        "Intercept": bg.Prior("Normal", mu=0, sigma=0.2),
        "sigma": bg.Prior("Gamma", alpha=1e4, beta=1e4),
    }
    fit = bg.Model("y ~ 1", pd.DataFrame({"y": y}), priors=priors).fit(seed=seed(1), progress=False)
    frame = fit.sensitivity(refits=True, progress=False).verdicts.frame.set_index("")
    for name, sigma in (("as fitted", 0.2), ("all half as wide", 0.1), ("all twice as wide", 0.4)):
        exact = y.sum() / (40 + 1 / sigma**2)
        assert float(frame.loc["Intercept", name].split()[0]) == pytest.approx(exact, abs=0.04)
    assert frame.loc["Intercept", "verdict"] == "moves"
    # Its prior has all the say, so that it is as wide as its prior.
    assert frame.loc["sigma", "verdict"] == "moves"


def test_which_priors_are_changed():
    fit = count_fit()
    widths = other_widths(fit.priors)
    assert list(widths)[:3] == ["all half as wide", "slopes half as wide", "sd half as wide"]
    slopes = widths["slopes twice as wide"]
    assert slopes["x"].prior == fit.priors["x"].prior.widened(2.0)
    assert slopes["Intercept"] == fit.priors["Intercept"]
    spreads = other_spreads(fit.design, fit.priors)["HalfNormal(10)"]
    assert spreads["1|site_sigma"].prior == bg.Prior("HalfNormal", sigma=10)
    assert spreads["1|year_sigma"].prior == bg.Prior("HalfNormal", sigma=10)
    assert spreads["x|site_sigma"] == fit.priors["x|site_sigma"]
    normal = normal_fit()
    assert other_spreads(normal.design, normal.priors) == {}


def test_a_report_with_refits(tmp_path):
    path = bg.write_report(
        {"": normal_fit()}, tmp_path / "r.html", opinions={"": False}, refits=True
    )
    assert "Answers under other priors" in path.read_text(encoding="utf-8")


def test_an_extended_graph_is_not_refitted():
    fit = normal_fit()
    run = replace(fit.draws.run, extensions=("potential",))
    fit = replace(fit, draws=replace(fit.draws, run=run))
    with pytest.raises(EngineError, match=r"Refits start from the spec.*potential"):
        fit.sensitivity(refits=True)
    assert fit.sensitivity().verdicts is None


def test_every_refit_is_told_of():
    from bayesglmm.posterior.priors.refits import refits

    rows = pd.DataFrame({"y": generator(1).normal(size=20)})
    fit = make_fit(bg.Model("y ~ 1", rows))
    told = []
    others = {"same": fit.priors, "again": fit.priors}
    found = dict(refits(fit.posterior, fit.priors, others, lambda *said: told.append(said)))
    assert told == [("same", 2), ("again", 1)]
    assert found["same"] is fit.posterior


def test_an_offset_is_no_answer_and_a_level_no_ratio():
    model = bg.Model(
        "events ~ 0 + sex + x + offset(log(time)) + (1 | site)", count_rows(), family="poisson"
    )
    fit = make_fit(model, {"sex[female]": -7.0, "sex[male]": -6.5}, noise=0.01)
    found = spread_table({"HalfNormal(1)": fit.posterior}, 0.95)
    frame = found.frame.set_index("")
    assert not [label for label in frame.index if "time" in label]
    assert frame.loc["sex[female]"].item().startswith("-7.0")
    assert "link scale for sex[female], sex[male] and standard deviations" in found.scale


def test_what_the_data_cannot_tell_has_no_answer():
    """Treatment and site tell each other apart nowhere: both hang on what was left out."""
    site = np.repeat(list("uvwxyz"), 10)
    rows = pd.DataFrame({"site": site, "trt": np.where(np.isin(site, list("uvw")), "t", "c")})
    rows = rows.assign(x=np.tile([0.0, 1.0], 30), g=np.tile(list("abcde"), 12))
    rows["y"] = np.tile([0, 1, 1], 20)
    fit = make_fit(bg.Model("y ~ x + trt + site + (1 | g)", rows, family="bernoulli"))
    own = answers(fit.posterior, 0.95)
    assert set(own.names) & fit.design.predictor.fixed.entangled == set()
    assert {"x", "sd(1|g)"} <= set(own.names)
    assert len(own.names) == len(own.directed) == len(own.frame)
    verdicts = verdict_table(fit.design, own, {"all half as wide": own}, 0.95)
    spreads = spread_table({"HalfNormal(1)": fit.posterior}, 0.95)
    for table in (verdicts, spreads):
        assert "trt" not in " ".join(table.frame[""])
        assert not table.frame.map(lambda cell: "( to )" in str(cell)).to_numpy().any()
        (note,) = [note for note in table.notes if "Not estimable, hence left out" in note]
        assert "trt[t]" in note
    assert "marginal, x: 1 / 0" in set(spreads.frame[""])


def test_a_marginal_odds_ratio_is_named_beside_hazard_ratios():
    fit = binary_fit(link="cloglog")
    found = spread_table({"HalfNormal(1)": fit.posterior}, 0.95)
    assert "marginal odds ratio, trt: active / placebo" in set(found.frame[""])


@pytest.mark.parametrize(("make", "groups"), [(count_fit, True), (normal_fit, False)])
def test_no_typical_group_is_spoken_of_where_there_are_no_groups(make, groups):
    fit = make()
    own = answers(fit.posterior, 0.95)
    found = verdict_table(fit.design, own, {"as they are": own}, 0.95)
    assert ("typical group" in found.estimand) is groups
    assert set(found.frame["verdict"]) == {"stable"}
