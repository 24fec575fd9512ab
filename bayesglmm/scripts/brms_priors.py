"""The priors of a model as brms writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bayesglmm.crosscheck import Described
from bayesglmm.design.design import Design
from bayesglmm.design.parameters import PARAMETERS, Parameter, model_parameters
from bayesglmm.errors import SpecError
from bayesglmm.families import Prior
from bayesglmm.scripts import r_text
from bayesglmm.scripts.r_columns import coefficients
from bayesglmm.spec.formula import CONSTANT

STAN = {
    "Normal": "normal({mu}, {sigma})",
    "StudentT": "student_t({nu}, {mu}, {sigma})",
    "Cauchy": "cauchy({alpha}, {beta})",
    "Laplace": "double_exponential({mu}, {b})",
    "HalfNormal": "normal(0, {sigma})",
    "HalfStudentT": "student_t({nu}, 0, {sigma})",
    "HalfCauchy": "cauchy(0, {beta})",
    "Exponential": "exponential({lam})",
    "Gamma": "gamma({alpha}, {beta})",
    "InverseGamma": "inv_gamma({alpha}, {beta})",
    "LogNormal": "lognormal({mu}, {sigma})",
    "Beta": "beta({alpha}, {beta})",
    "Uniform": "uniform({lower}, {upper})",
    "LKJ": "lkj({eta})",
    "Flat": "",
    "HalfFlat": "",
}
"""Our priors in Stan's words; brms knows that those of standard deviations are of positive ones."""

SIGNS = dict.fromkeys(" ()[],\"'?", "") | {
    "+": "P",
    "-": "M",
    "*": "MU",
    "/": "D",
    "^": "E",
    "=": "EQ",
}
"""What brms makes of signs in the names of coefficients, for Stan has none in names."""


def brms_priors(model: Described) -> Iterator[str]:
    """A call of ``set_prior()`` for every prior.

    Parameters
    ----------
    model : Described

    Yields
    ------
    str

    Raises
    ------
    SpecError
        If brms cannot say one of them.
    """
    design, chosen = model.design, model.priors
    for parameter in model_parameters(design, PARAMETERS):
        names = _names(design, parameter)
        for place, key in enumerate(parameter.priors):
            said = _stan(chosen[key].prior, chosen[key].name, parameter)
            where = _where(design, parameter, place, names)
            if said or where.get("class") in ("Intercept", _class_of(design, parameter)):
                yield _set_prior(said, where, chosen[key].prior, parameter)


def _class_of(design: Design, parameter: Parameter) -> str:
    """What brms calls a parameter of the family that is one number; nothing for others."""
    if parameter.role != "distributional":
        return ""
    own = design.predictors[parameter.predictor].parameter
    return own.elsewhere.get("brms", own.name)


def _names(design: Design, parameter: Parameter) -> Mapping[str, str]:
    """Our columns to the names of their coefficients in brms."""
    one = design.predictors[parameter.predictor]
    formula = design.spec.formulas.get(parameter.predictor, CONSTANT)
    texts = [formula.fixed, *(bar.columns for bar in formula.bars)]
    found = {"1": "Intercept"}
    for side in one.sides:
        names = coefficients(side, texts)
        found |= {column: _mangled(name) for column, name in names.items()}
    return found


def _mangled(name: str) -> str:
    return "".join(SIGNS.get(sign, sign) for sign in name.replace("`", ""))


def _where(
    design: Design, parameter: Parameter, place: int, names: Mapping[str, str]
) -> dict[str, str]:
    """Of which parameter a prior is, in brms's words."""
    one = design.predictors[parameter.predictor]
    own = _class_of(design, parameter)
    if own:
        return {"class": own}
    if parameter.role == "cor":
        return {"class": "cor", "group": _group(parameter.factor)}
    dpar = one.parameter.elsewhere.get("brms", one.parameter.name) if one.prefix else ""
    of = {"dpar": dpar} if dpar else {}
    if parameter.role == "sd":
        coefficient = names[parameter.term]
        return {"class": "sd", "coef": coefficient, "group": _group(parameter.factor), **of}
    if parameter.columns:
        return {"class": "b", "coef": names[parameter.columns[place]], **of}
    return (
        {"class": "b", "coef": "Intercept", **of}
        if one.fixed.at_zero
        else {
            "class": "Intercept",
            **of,
        }
    )


def _group(factor: str) -> str:
    return ":".join(r_text.name(part).strip("`") for part in factor.split(":"))


def _stan(prior: Prior, name: str, parameter: Parameter) -> str:
    """The density, as Stan writes it; empty for a flat one."""
    if prior.joint:
        raise SpecError(f"brms scales its {prior.name} prior otherwise than '{name}' has it.")
    if prior.of in ("variance", "precision"):
        raise SpecError(f"brms has no prior of a {prior.of}, as '{name}' has.")
    said = STAN[prior.name].format(**{key: _number(value) for key, value in prior.arguments})
    if parameter.role == "sd" and not said:
        raise SpecError(f"brms has no flat prior of a single standard deviation, as '{name}' has.")
    return said


def _number(value: float) -> str:
    return re.sub(r"\.0$", "", repr(float(value)))


def _set_prior(said: str, where: Mapping[str, str], prior: Prior, parameter: Parameter) -> str:
    given = [f'{key} = "{value}"' for key, value in where.items()]
    if prior.has_walls(parameter.support):
        if "coef" in where or where["class"] == "Intercept":
            raise SpecError(
                f"brms has no bounds of a single coefficient, as the {prior.name} prior of "
                f"'{parameter.names[0]}' has."
            )
        ends = dict(prior.arguments)
        given += [
            f"{key} = {_number(ends[end])}" for key, end in (("lb", "lower"), ("ub", "upper"))
        ]
    return f'set_prior("{said}", {", ".join(given)})'
