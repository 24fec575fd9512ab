"""What the priors say before the data are seen: draws from them, and what they would predict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from bayesglmm.design.design import Design
from bayesglmm.design.groups import EffectBlock
from bayesglmm.design.names import printed_names
from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.engine.draws import Draws, Run
from bayesglmm.engine.settings import make_settings
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.families.shrinkage import core_draws, spreads
from bayesglmm.graph.joint_slopes import core_names, joint_columns
from bayesglmm.posterior.arguments import check_whole
from bayesglmm.posterior.baselines import baselines
from bayesglmm.posterior.checks.as_told import as_told, suppression_notes
from bayesglmm.posterior.notes import mean_name
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.absurd import Absurdity, absurd_sentence, absurdities
from bayesglmm.posterior.priors.log_density import Priors
from bayesglmm.tables import Table
from bayesglmm.tables.english import joined

DRAWS = 1000
CELLS = 1_000_000
"""Draws times rows of simulated data; of more rows, every so many are taken."""

TAILS = (0.025, 0.5, 0.975)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PriorPredictive:
    """What a model says before it has seen the data.

    Attributes
    ----------
    baselines : mapping
        Name of each baseline, as in `ratios`, to its prior draws, shape (S,); rates per `per`.
    rows : array of shape (S, m)
        Mean of each row on the response scale, group effects drawn too; rates per `per`.
    what : str
        What the mean of a row is, such as ``"rate per 100,000 births"``.
    crude : float
        The same of the data, all rows together.
    statistics : mapping
        Name to (observed, values in simulated data of shape (S,)), over the rows looked at.
    looked : int
        Number of rows looked at, m.
    absurd : tuple of Absurdity
        Means that no analyst would believe, and the probability that the priors give them.
    judgement : str
        The same in a sentence; empty where nothing could be absurd.
    notes : tuple of str
        How responses were altered to be compared.
    """

    baselines: Mapping[str, Array]
    rows: Array
    what: str
    crude: float
    statistics: Mapping[str, tuple[float, Array]]
    looked: int
    absurd: tuple[Absurdity, ...] = ()
    judgement: str = ""
    notes: tuple[str, ...] = ()

    def table(self) -> Table:
        """Prior medians and 95 % intervals beside what was seen.

        Returns
        -------
        Table
        """
        lines: list[tuple[Any, ...]] = [
            (name, *_quantiles(values), np.nan) for name, values in self.baselines.items()
        ]
        lines.append((f"{self.what} of a row", *_quantiles(self.rows), self.crude))
        lines += [
            (f"{name} of simulated data", *_quantiles(values), seen)
            for name, (seen, values) in self.statistics.items()
        ]
        columns = ["", "median", "lower", "upper", "observed"]
        return Table(
            pd.DataFrame(lines, columns=columns),
            "Prior predictive",
            scale="response",
            estimand="before the data are seen; group effects are drawn from their priors too",
            notes=(
                "Prior median and 95 % equal-tailed interval.",
                f"Over {self.looked:,} rows; the observed value of a row is that of all together.",
                *([self.judgement] if self.judgement else []),
                *self.notes,
            ),
            kinds=dict.fromkeys(columns[1:], "number"),
        )

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


@beyond_double
def prior_predictive(
    design: Design, priors: Priors, draws: int = DRAWS, seed: int = 0
) -> PriorPredictive:
    """Simulate from the priors.

    Parameters
    ----------
    design : Design
        The model's own.
    priors : mapping
        From `choose_priors`.
    draws : int
    seed : int

    Returns
    -------
    PriorPredictive

    Raises
    ------
    SpecError
        If a prior is improper: it says nothing that could be drawn. So where `draws` or `seed` is
        no whole number.
    """
    check_whole("draws", draws, 2)
    seed = make_settings(seed=seed, progress=False).seed
    rows = slice(None, None, max(1, -(-draws * design.n // CELLS)))
    known = Posterior(design, prior_draws(design, priors, draws, seed))
    rng = np.random.default_rng(seed + 1)
    with np.errstate(over="ignore", invalid="ignore"):  # a wide prior may mean more than can be
        means = _means(known, rows)
        drawn = as_told(design, known.responses(rng, rows), rows)
    y = as_told(design, design.rows.central)
    unit = design.rows.exposure / design.spec.per
    looked = np.broadcast_to(unit, y.shape)[rows]
    with np.errstate(over="ignore", invalid="ignore"):
        statistics = {
            name: (float(make(y[rows])), make(drawn))
            for name, make in design.spec.family.support.statistics.items()
        }
        absurd = absurdities(design, means / looked / design.spec.per)
        return PriorPredictive(
            _baseline_draws(known),
            means / looked,
            _name(design),
            _observed(design, y, unit),
            statistics,
            means.shape[1],
            absurd,
            absurd_sentence(design, absurd),
            suppression_notes(design),
        )


def _means(known: Posterior, rows: slice) -> Array:
    """Means of rows, or of categories the probability of the first."""
    family, link = known.design.spec.family, known.design.spec.link
    if family.chances is None:
        return known.mean(rows)
    place = family.given(link, known.eta(rows))
    return np.asarray(family.chances.one(0, place, known.parameters(rows)))


def _name(design: Design) -> str:
    """What is looked at in each row."""
    levels = design.spec.family.support.levels
    return f"probability of {levels[0]}" if levels else mean_name(design)


def _observed(design: Design, y: Array, unit: Any) -> float:
    """The same in all rows together, as it was seen."""
    if design.spec.family.chances is not None:
        return float((y == 0).mean())
    return float(y.sum() / np.broadcast_to(unit * design.rows.trials, y.shape).sum())


def check_proper(priors: Priors) -> None:
    """Refuse to draw from priors that cannot be drawn from.

    Parameters
    ----------
    priors : mapping
        From `choose_priors`.

    Raises
    ------
    SpecError
        If one is improper.
    """
    flat = flat_parameters(priors)
    if flat:
        raise SpecError(
            f"{flat_sentence(flat)}: nothing can be drawn before the data are seen. Write a wide "
            "prior instead, such as Prior('Normal', mu=0, sigma=100)."
        )


def flat_sentence(flat: list[str]) -> str:
    """That some priors are flat, and what that means, without a full stop."""
    if len(flat) == 1:
        return f"The prior of {flat[0]} is flat, which is no distribution"
    return f"The priors of {joined(flat)} are flat, and a flat prior is no distribution"


def flat_parameters(priors: Priors) -> list[str]:
    """Parameters whose prior is improper, as readers see them called.

    Parameters
    ----------
    priors : mapping
        From `choose_priors`.

    Returns
    -------
    list of str
    """
    return [chosen.printed for chosen in priors.values() if not chosen.prior.proper]


def prior_draws(design: Design, priors: Priors, draws: int = DRAWS, seed: int = 0) -> Draws:
    """Independent draws of every parameter and group effect from the priors.

    Parameters
    ----------
    design : Design
    priors : mapping
        From `choose_priors`.
    draws : int
    seed : int

    Returns
    -------
    Draws
        One chain, in the names of the posterior: what `predict`, `ratios` and others take.

    Raises
    ------
    SpecError
        If a prior is improper.
    """
    check_proper(priors)
    rng = np.random.default_rng(seed)
    content: dict[str, Array] = {}
    joint = _joint_slopes(design, priors, draws, rng, content)
    for parameter in model_parameters(design, PARAMETERS):
        if parameter.role != "cor":
            own = [
                joint[name] if name in joint else priors[name].prior.draw(rng, draws)
                for name in parameter.priors
            ]
            content[parameter.variable] = np.stack(own, axis=-1) if parameter.dims else own[0]
    for block, groups in design.blocks.items():
        content |= _block(block, len(groups[0].levels), content, priors, rng)
    for predictor in design.predictors.values():
        fixed, name = predictor.fixed, predictor.variable("Intercept")
        if fixed.intercept and fixed.names:
            terms = [content[predictor.variable(term.name)] for term in fixed.terms]
            # The prior of the intercept holds at the mean of the columns.
            content[name] = content[name] - np.column_stack(terms) @ fixed.center
    variables = {
        name: (
            ("chain", "draw", *(f"{name} {axis}" for axis in range(values.ndim - 1))),
            values[None],
        )
        for name, values in content.items()
    }
    settings = make_settings(draws=max(draws, 100), seed=seed, progress=False)
    return Draws(xr.Dataset(variables), xr.Dataset(), settings, Run("priors", "", {}, 0))


def _joint_slopes(
    design: Design,
    priors: Priors,
    draws: int,
    rng: np.random.Generator,
    content: dict[str, Array],
) -> dict[str, Array]:
    """Draws of the slopes that share a prior; what they share is put into `content`."""
    found = {}
    for predictor in design.predictors.values():
        joint = joint_columns(predictor, priors)
        if not joint:
            continue
        prior = next(iter(joint.values()))
        core = core_draws(prior, rng, draws, len(joint), predictor.n)
        names, sds = core_names(predictor, prior), np.asarray(spreads(prior, core))
        content |= {
            names[part]: values[:, 0] if values.shape[1] == 1 else values
            for part, values in core.items()
        }
        for place, (column, own) in enumerate(joint.items()):
            sd = dict(own.arguments)["scale"] * sds[:, place]
            found[predictor.variable(column)] = sd * rng.standard_normal(draws)
    return found


def _block(
    block: EffectBlock,
    levels: int,
    known: Mapping[str, Array],
    priors: Priors,
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Correlations and effects of a block whose standard deviations are known."""
    q = len(block.columns)
    spreads = np.stack([known[name] for name in block.sds], axis=-1)
    noise = rng.standard_normal((len(spreads), levels, q))
    found = {}
    if block.correlated:
        factor = priors[block.correlation].prior.draw(rng, (len(spreads), q))
        found[block.cholesky] = factor
        matrices = factor @ np.swapaxes(factor, 1, 2)
        found[block.correlation] = matrices[(slice(None), *np.tril_indices(q, -1))]
        noise = noise @ np.swapaxes(factor, 1, 2)
    effects = noise * spreads[:, None]
    return found | {effect: effects[..., k] for k, effect in enumerate(block.effects)}


def _baseline_draws(known: Posterior) -> dict[str, Array]:
    """Prior draws of what stands on top of the table of ratios."""
    design = known.design
    names = baselines(design, printed_names(design))
    found = {}
    if "Intercept" in names:
        found[names["Intercept"]] = known.draws.flat(design.predictor.variable("Intercept"))[:, 0]
    elif names:
        values = known.coefficients()
        places = [design.predictor.fixed.names.index(column) for column in names]
        found = {name: values[:, k] for name, k in zip(names.values(), places, strict=True)}
    return {
        name: np.asarray(design.spec.family.baseline(design.spec.link, values) * design.spec.per)
        for name, values in found.items()
    }


def _quantiles(values: Array) -> tuple[float, float, float]:
    """Median and equal-tailed 95 %; what is not a number left out."""
    finite = values[~np.isnan(values)]
    if not finite.size:
        return (np.nan, np.nan, np.nan)
    lower, median, upper = np.quantile(finite, TAILS, method="inverted_cdf")
    return float(median), float(lower), float(upper)
