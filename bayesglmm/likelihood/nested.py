"""Whether a model is nested in another, so that a likelihood-ratio test compares them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.errors import SpecError, brief
from bayesglmm.families.links import Array
from bayesglmm.likelihood.result import MaximumLikelihood
from bayesglmm.likelihood.scale import Scalar
from bayesglmm.likelihood.show import labels_called


def comparable(fit: MaximumLikelihood) -> list[Scalar]:
    """Parameters, one number for all rows as the intercept of a formula that it might have."""
    intercepts = {name: one.variable("Intercept") for name, one in fit.design.predictors.items()}
    return [
        replace(item, role="fixed", label=intercepts[item.predictor])
        if item.role == "distributional"
        else item
        for item in fit.parameters
    ]


def _same_sizes(small: Design, large: Design) -> bool:
    """Whether both models have the same exposure, offsets and trials, row by row.

    Under a log link an exposure and an offset of its logarithm are the same.
    """
    others = [name for name in [*small.predictors][1:] if name in large.predictors]
    one, two = (
        np.stack([*_sizes(design), *(design.predictors[name].offset for name in others)])
        for design in (small, large)
    )
    return bool(np.allclose(one, two, rtol=1e-9, atol=1e-9))


def _sizes(design: Design) -> list[Array]:
    """Exposure, offset and trials, each of shape (n,)."""
    exposure, offset = np.asarray(design.rows.exposure), design.predictor.offset
    if design.spec.link.multiplicative:
        exposure, offset = np.ones(()), offset + np.log(exposure)
    sizes = (exposure, offset, np.asarray(design.rows.trials))
    return [np.broadcast_to(size, design.n) for size in sizes]


def check_nested(small: MaximumLikelihood, large: MaximumLikelihood) -> None:
    """Refuse fits that a likelihood-ratio test cannot compare; see `compare.lrt`."""
    for name, given in (("small", small), ("large", large)):
        if not isinstance(given, MaximumLikelihood):
            raise SpecError(
                f"{name}={brief(given)} is no fit by maximum likelihood. Write lrt(small.ml(), "
                "large.ml())."
            )
    rows, others = small.design, large.design
    same = rows.n == others.n and np.array_equal(rows.positions, others.positions)
    fields = ("y", "upper", "least", "most")
    alike = (
        np.array_equal(*(getattr(one.rows, field) for one in (rows, others))) for field in fields
    )
    if not same or not all(alike):
        raise SpecError(
            f"The models are not of the same rows ({rows.n:,} and {others.n:,}), so their "
            "likelihoods cannot be compared. Give both the same data."
        )
    called = labels_called(rows)
    more = [
        called[item.label]
        for item, own in zip(small.parameters, comparable(small), strict=True)
        if own not in comparable(large)
    ]
    if more or small.df >= large.df:
        named = f"'{more[0]}' is only in the first" if more else "they have the same parameters"
        raise SpecError(f"The models are not nested: {named}. Write lrt(small, large).")
    if small.design.spec.link is not large.design.spec.link:
        raise SpecError("The models have different links, so they are not nested.")
    _check_families(rows, others)
    if not _same_sizes(rows, others):
        raise SpecError(
            "The models have different exposures, offsets or trials, so they are not nested. "
            "Give both the same."
        )
    if small.problem.factors and large.problem.factors and small.quadrature != large.quadrature:
        raise SpecError(
            f"One likelihood is by {small.quadrature} nodes, the other by {large.quadrature}: "
            "their difference is partly that of the methods. Use the same quadrature for both."
        )
    for fit in (small, large):
        if fit.dispersion != 1.0:
            raise SpecError("Quasi-likelihood has no likelihood ratio. Compare the plain fits.")
        if not fit.converged:
            raise SpecError(f"'{fit.design.spec.text}' has not converged.")


def _check_families(small: Design, large: Design) -> None:
    """Of two families only one that is a limit of the other is nested in it."""
    family, other = small.spec.family, large.spec.family
    if not other.includes(family):
        limits = " and ".join(other.limits)
        only = f": {other.name} becomes {limits}" if limits else ""
        raise SpecError(
            f"The models have different families ({family.name} and {other.name}), so they are not "
            f"nested. A family is nested in another only where that one becomes it at an end of "
            f"its range{only}."
        )
    if family is other:
        return
    for name in large.modelled:
        if name not in small.predictors:
            raise SpecError(
                f"A {family.name} model cannot be tested against a {other.name} model whose "
                f"{name} has a formula: at the limit the slopes of {name} mean nothing. Compare "
                f"each with the {other.name} model of one {name}."
            )
