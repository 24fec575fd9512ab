"""Parameters beside the mean, integrated over new groups as a variance needs them."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import SpecError
from bayesglmm.families import Param
from bayesglmm.families.links import Array
from bayesglmm.families.variance import Variance
from bayesglmm.posterior.group_effects import ALL_ROWS, SomeRows, block_factor
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables.english import joined


def variance_parameters(
    posterior: Posterior, rows: SomeRows = ALL_ROWS, *, weighted: bool = True
) -> dict[str, Array]:
    """Parameters beside the mean whose variance is the mean variance over new groups.

    The variance of a response is linear in ``m^j p^k`` (sigma squared, mean squared over alpha).
    With the log of p normal about eta with variance v, ``E p^k = exp(k eta + k^2 v / 2)``, which is
    the power k of ``exp(eta + k v / 2)``. Where effects on p have the covariance c with those on
    the log of the mean, ``E m^j p^k`` is ``exp(j k c)`` times the product of the two means, so that
    ``j c`` is added to eta.

    Parameters
    ----------
    posterior : Posterior
    rows : slice or array of int
    weighted : bool
        False for the mean of ``p^k`` itself, whatever the mean of the response.

    Returns
    -------
    dict of str to array of shape (S, 1) or (S, rows)
        To be given to the family's variance, in place of `Posterior.parameters`.

    Raises
    ------
    SpecError
        If such effects are correlated with those on the mean, whose link is not the log.
    """
    found, design, draws = {}, posterior.design, posterior.draws
    for name, predictor in design.others.items():
        if predictor.is_number:
            found[name] = draws.flat(name)
            continue
        eta = posterior.eta(rows, effects=(), parameter=name)
        if weighted and name in tied_to_mean(design):
            _check_log(design, name)
            power: Any = predictor.parameter.of_mean
            if isinstance(power, str):
                power = posterior.parameters(rows, names=(power,))[power]
            eta += power * shared_covariance(draws, design.predictor, predictor, rows)
        spread = posterior.row_variance(predictor.groups, rows)
        found[name] = _averaged(predictor, eta, spread)
    return found


def _averaged(predictor: Predictor, eta: Array, variance: Array) -> Array:
    """The value of a parameter whose variance is the mean variance over new groups."""
    parameter = predictor.parameter
    if not predictor.groups:
        return np.asarray(predictor.link.inverse(eta))
    if parameter.averaged is not None:
        return np.asarray(parameter.averaged(eta, variance))
    if parameter.power is None:
        raise SpecError(
            f"The variance of new groups is not known: {_unknown(parameter)}. Leave the "
            f"group terms out of the formula of {parameter.name}, or ask for means."
        )
    return np.asarray(np.exp(eta + parameter.power / 2 * variance))


def _unknown(parameter: Param) -> str:
    """Why there is no mean variance over groups that differ in a parameter."""
    what = "does not exist" if parameter.infinite else "has no closed form"
    return f"the mean variance over new groups {what} where {parameter.name} differs between them"


def unaveraged(posterior: Posterior) -> str:
    """Why a variance has no mean over new groups.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    str
        Empty where it has one.
    """
    design = posterior.design
    family = design.spec.family
    if family.variance is None:
        return f"{_no_numbers(design)}, which has no variance"
    for one in design.modelled.values():
        if one.groups and one.parameter.power is None and one.parameter.averaged is None:
            return _unknown(one.parameter)
    return ""


def part_only(design: Design) -> str:
    """Why there is no share of a variance where the mean is made of several parameters."""
    made_of = joined(design.spec.family.of_mean)
    return f"the mean of a response is made of {made_of}, and no definition of it is in use there"


def given_variance(design: Design) -> Variance:
    """The variance of the family of a design.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Variance

    Raises
    ------
    SpecError
        If it has none.
    """
    family = design.spec.family
    if family.variance is None:
        raise SpecError(
            f"There is no variance here: {_no_numbers(design)}. predictions() has the "
            "probabilities of the categories, variance() the spread between groups."
        )
    return family.variance


def _no_numbers(design: Design) -> str:
    """Why responses of a design have no variance."""
    family = design.spec.family
    return f"a response of the {family.name} family is one of several categories"


def tied_to_mean(design: Design) -> list[str]:
    """Parameters that scale the variance with the mean, and whose effects are correlated with its.

    Parameters
    ----------
    design : Design

    Returns
    -------
    list of str
        Such as ``["alpha"]`` where ``(1 |p| g)`` stands in both formulas.
    """
    own = {group.block for group in design.predictor.groups}
    return [
        name
        for name, one in design.modelled.items()
        if one.parameter.of_mean and any(group.block in own for group in one.groups)
    ]


def _check_log(design: Design, parameter: str) -> None:
    """Refuse what has no closed form under another link than the log."""
    if not design.spec.link.multiplicative:
        raise SpecError(
            f"The variance over new groups is not known under the {design.spec.link.name} link "
            f"where effects on {parameter} are correlated with those on the mean. Take the name "
            "between the bars out, or fit with the log link."
        )


def shared_covariance(draws: Draws, one: Predictor, other: Predictor, rows: SomeRows) -> Any:
    """Covariance of what new groups add to two linear predictors of each row.

    Parameters
    ----------
    draws : Draws
    one, other : Predictor
        Of two parameters of the family.
    rows : slice or array of int

    Returns
    -------
    array of shape (S, rows), or 0.0
        Where no group term of one shares a name with the other's.
    """
    total: Any = 0.0
    for term in one.groups:
        for partner in (group for group in other.groups if group.block == term.block):
            factor = block_factor(term.block, draws)
            first, second = (factor[:, g.first : g.first + len(g.columns)] for g in (term, partner))
            for place in range(factor.shape[2]):
                left = first[:, :, place] @ term.Z[rows].T
                total = total + left * (second[:, :, place] @ partner.Z[rows].T)
    return total
