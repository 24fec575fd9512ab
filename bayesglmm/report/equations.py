"""The model as equations, read off the design and the priors, so that none can be misprinted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bayesglmm.design.block_names import before_block, block_effects
from bayesglmm.design.coding_sentences import bounds_in_words
from bayesglmm.design.design import Design
from bayesglmm.design.groups import EffectBlock
from bayesglmm.design.names import Names, printed_names
from bayesglmm.design.parameters import PARAMETERS, Parameter, model_parameters
from bayesglmm.design.predictor import Predictor
from bayesglmm.families import Param, Prior
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.posterior.units import several
from bayesglmm.report.mathml import (
    Math,
    above,
    aligned,
    below,
    both,
    bracketed,
    call,
    mark,
    matrix,
    name,
    number,
    row,
    separated,
    sign,
    summed,
    symbol,
)

WIDE = 64
"""Letters of a sum or a list after which it goes on in a new line."""

ROW, J, ZERO, TIMES = symbol("i"), symbol("j"), number("0"), sign("·")
BETA, SIGMA, RHO, U = symbol("β"), symbol("σ"), symbol("ρ"), symbol("u")
IS, DRAWN = sign("="), sign("~")
GREEK = {"mu": "μ", "sigma": "σ", "nu": "ν", "alpha": "α", "beta": "β", "lam": "λ", "eta": "η"}


def equations(design: Design) -> list[Math]:
    """Likelihood, linear predictor, and the distribution of the group effects.

    Parameters
    ----------
    design : Design

    Returns
    -------
    list of Math
        One for each line of equations, in the order in which a reader needs them.
    """
    called = printed_names(design)
    left = LINKS.get(design.spec.link.name, _named_link(design.spec.link.name))(_mean(design))
    if design.spec.family.support.ordered:
        left = _mean(design)
    lines = [aligned(left, IS, list(_lines(_terms(design, design.predictor))))]
    for one in design.modelled.values():
        if one.is_known:
            continue
        left = _named_link(one.link.name)(below(_symbol(one.parameter), ROW))
        lines.append(aligned(left, IS, list(_lines(_terms(design, one)))))
    groups = [line for block in design.blocks for line in _block(design, block, called)]
    return [_likelihood(design), *_suppressed(design), *lines, *groups]


def prior_equations(priors: Mapping[str, ChosenPrior], design: Design) -> list[Math]:
    """The priors, parameters of one prior in one line.

    Parameters
    ----------
    priors : mapping
        From `choose_priors`.
    design : Design

    Returns
    -------
    list of Math
    """
    symbols = _parameters(design)
    alike: dict[str, list[str]] = {}
    for parameter, chosen in priors.items():
        alike.setdefault(str(chosen.prior), []).append(parameter)
    lines = []
    for parameters in alike.values():
        said = priors[parameters[0]].prior
        content, prior = [_powered(symbols[one], said) for one in parameters], _prior(said)
        lines += [row(separated(some), DRAWN, prior) for some in _broken(content)]
    return lines


def legend(design: Design) -> list[str]:
    """What the letters of the equations stand for, a sentence each.

    Parameters
    ----------
    design : Design

    Returns
    -------
    list of str
    """
    spec, called = design.spec, printed_names(design)
    what = "probability" if spec.family.support.successes else "mean"
    if spec.family.chances is not None:
        what = "location" if spec.family.support.ordered else spec.family.location.meaning
    if spec.exposure is not None:
        what = f"rate for one unit of {spec.exposure_name}"
    whose = f", {spec.family.whose_mean}" if spec.family.whose_mean else ""
    said = [f"i counts the {design.n:,} rows; {_mean(design).plain} is the {what} of row i{whose}."]
    suppression = spec.formula.suppression
    if suppression is not None:
        said.append(
            f"Where {called[suppression.column]} is suppressed, all that is known is that it is "
            f"{suppression.words}, and the likelihood is the probability of that."
        )
    said += [*_rows(design), *_levels(design)]
    factors = design.factors
    if factors:
        counts = [f"{len(t[0].levels):,} {several(design, f)}" for f, t in factors.items()]
        said.append(f"j counts the groups: {', '.join(counts)}.")
    if spec.family.support.ordered:
        said.append(
            "c[k] is the threshold between category k and the next, the intercept left in "
            f"{_mean(design).plain}: c[1] is 0, and c[k] is c[k - 1] and the increment of k more. "
            "Thresholds in tables are those less the intercept."
        )
    said += [
        f"{one.parameter.symbol} is {one.parameter.meaning}." for one in design.others.values()
    ]
    if any(one.fixed.averaged for one in design.predictors.values()):
        said.append("x̄ are the means of the columns: the prior of the intercept holds there.")
    return said


def _rows(design: Design) -> Iterator[str]:
    """What a row adds to the likelihood, where it is not the density of a known response."""
    spec, called = design.spec, printed_names(design)
    if spec.formula.censoring is not None:
        yield (
            f"Where {called[spec.formula.response_name]} is censored, only bounds of it are known, "
            "and the likelihood is the probability of what lies between or beyond them."
        )
    if spec.formula.truncation is not None:
        yield (
            f"Only rows with {bounds_in_words(spec.formula.truncation, called)} are there: the "
            "density of each is divided by the probability of that."
        )
    if spec.se is not None:
        yield f"{called[spec.se]} is the known standard error of row i."
    if spec.survey_weights is not None:
        yield (
            "The log density of row i is multiplied with its weight "
            f"{called[spec.survey_weights]}, scaled to a mean of 1."
        )


def _levels(design: Design) -> Iterator[str]:
    """What a column with a level in brackets is, by the coding of its factor."""
    called, sides = printed_names(design), [one.fixed for one in design.predictors.values()]
    alone = {
        name: parts[0] for side in sides for name, parts in side.products.items() if len(parts) == 1
    }
    references = {factor for side in sides for factor in side.references}
    indicator = next((name for name, part in alone.items() if part.name in references), "")
    if indicator:
        yield (
            f"A column with a level in brackets, such as {called[indicator]}, is 1 in rows of that "
            "level and 0 in others."
        )
    centred = {factor: left for side in sides for factor, left in side.centred.items()}
    for factor, left in centred.items():
        column = next((called[name] for name, part in alone.items() if part.name == factor), "")
        if column:
            yield (
                f"A column of {called[factor]}, such as {column}, is 1 in rows of that level, -1 "
                f"in rows of {left}, and 0 in others."
            )


def _mean(design: Design) -> Math:
    """The mean of a row: λ for a rate, else the family's own letter."""
    spec = design.spec
    return below(symbol("λ") if spec.exposure else _symbol(spec.family.location), ROW)


def _below_threshold(design: Design) -> Math:
    """The likelihood of ordered categories: how far a row lies from a threshold."""
    family, called = design.spec.family, printed_names(design)
    event = family.below_threshold.replace("y", f"{called[design.spec.formula.response_name]}[i]")
    link = LINKS.get(design.spec.link.name, _named_link(design.spec.link.name))
    distance = row(below(name("c"), name("k")), sign("−"), _mean(design))
    disc = next((one for one in design.others.values() if one.parameter.constant is not None), None)
    if disc is not None:
        distance = row(below(_symbol(disc.parameter), ROW), TIMES, call(name(""), distance))
    return row(link(call(symbol("P"), name(event))), IS, distance)


def _likelihood(design: Design) -> Math:
    if design.spec.family.support.ordered:
        return _below_threshold(design)
    spec, mean, called = design.spec, _mean(design), printed_names(design)
    response = below(name(called[spec.formula.successes or spec.formula.response_name]), ROW)
    if spec.exposure is not None:
        mean = row(below(name(called[spec.exposure]), ROW), TIMES, mean)
    family, trials, known = spec.family, spec.formula.trials, []
    if trials is not None:
        known = [number(trials) if trials.isdecimal() else below(name(called[trials]), ROW)]
    first = row(name("mean"), IS, mean) if any(p.word for p in family.others) else mean
    others = [_argument(design, parameter) for parameter in family.others]
    what = name(family.distribution_name or family.title)
    return row(response, DRAWN, call(what, *known, first, *others))


def _argument(design: Design, parameter: Param) -> Math:
    """A parameter beside the mean as an argument of the distribution."""
    letter, se = _of_row(design, parameter), design.spec.se
    if parameter.word:
        return row(name(parameter.word), IS, letter)
    squared = above(letter, number(str(parameter.power))) if (parameter.power or 1) > 1 else letter
    if se is None or not parameter.dispersion:
        return squared
    error = both(name(printed_names(design)[se]), ROW, number("2"))
    return error if design.rows.error is None else row(squared, sign("+"), error)


def _of_row(design: Design, parameter: Param) -> Math:
    """A parameter beside the mean, of row i where it has a formula of its own."""
    letter = _symbol(parameter)
    return below(letter, ROW) if parameter.name in design.modelled else letter


def _symbol(parameter: Param) -> Math:
    """The letter of a parameter of the family; its name where it has more than one."""
    return symbol(parameter.symbol) if len(parameter.symbol) == 1 else name(parameter.symbol)


def _suppressed(design: Design) -> Iterator[Math]:
    """What a row counts as where its response is suppressed."""
    suppression = design.spec.formula.suppression
    if suppression is not None:
        column = printed_names(design)[suppression.column]
        response = below(name(column), ROW)
        lower, upper = number(str(suppression.lower)), number(str(suppression.upper))
        known = row(lower, sign("≤"), response, sign("≤"), upper)
        where = name(f"where {column} is suppressed")
        yield row(call(symbol("P"), known), mark(","), where)


def _greek(parameter: str) -> Math:
    return symbol(GREEK[parameter]) if parameter in GREEK else name(parameter)


def _coefficient(predictor: Predictor, what: Math) -> Math:
    """The letter of a coefficient, with its parameter above where that is not the mean."""
    if not predictor.prefix:
        return below(BETA, what)
    return both(BETA, what, _symbol(predictor.parameter))


def _terms(design: Design, predictor: Predictor) -> list[Math]:
    fixed, called = predictor.fixed, printed_names(design)
    alone = len(design.factors) == len(predictor.groups) == 1
    parts = [_coefficient(predictor, ZERO)] if fixed.intercept else []
    names = [name(called[column]) for column in fixed.names]
    parts += [row(_coefficient(predictor, shown), TIMES, below(shown, ROW)) for shown in names]
    if predictor.offset.any():
        parts.append(below(name("offset"), ROW))
    for group in predictor.groups:
        factor = called[group.factor]
        index = below(J if alone else name(factor), ROW)
        for column in (called[own] for own in group.columns):
            effect = both(U, index, _which(predictor, factor, column))
            times = () if column == "1" else (TIMES, below(name(column), ROW))
            parts.append(row(effect, *times))
    return parts


def _which(predictor: Predictor, factor: str, column: str) -> Math:
    """Which effect a letter u is: the factor alone for intercepts, with the column for slopes."""
    effect = factor if column == "1" else f"{column}|{factor}"
    return bracketed(name(f"{predictor.before}{effect}"))


def _lines(parts: list[Math]) -> Iterator[Math]:
    """A sum in lines that a page can hold."""
    for place, line in enumerate(_broken(parts)):
        yield summed(line) if place == 0 else row(sign("+"), summed(line))


def _broken(parts: list[Math]) -> Iterator[list[Math]]:
    """Parts in lines of at most `WIDE` letters, where one part is not wider by itself."""
    line: list[Math] = []
    for part in parts:
        if line and sum(len(item.plain) + 3 for item in line) + len(part.plain) > WIDE:
            yield line
            line = []
        line.append(part)
    yield line


def _block(design: Design, block: EffectBlock, called: Names) -> Iterator[Math]:
    """What the effects of a block are drawn from."""
    own, factor = block_effects(design, block), called[block.factor]
    effects = [both(U, J, _which(one, factor, called[column])) for one, column in own]
    names = [name(f"{one.before}{called.effect(column, block.factor)}") for one, column in own]
    spreads = [below(SIGMA, effect) for effect in names]
    variances = [both(SIGMA, effect, number("2")) for effect in names]
    normal = name("Normal")
    if not block.correlated:
        for effect, variance in zip(effects, variances, strict=True):
            yield row(effect, DRAWN, call(normal, ZERO, variance))
        return
    total = below(symbol("Σ"), name(f"{before_block(design, block)}{factor}"))
    yield row(bracketed(*effects), DRAWN, call(normal, ZERO, total))
    yield row(total, IS, matrix(_covariances(spreads, variances)))


def _covariances(spreads: list[Math], variances: list[Math]) -> list[list[Math]]:
    """The covariance matrix."""

    def entry(line: int, column: int) -> Math:
        if column == line:
            return variances[line]
        low, high = sorted((line, column))
        correlation = RHO if len(spreads) == 2 else below(RHO, number(f"{low + 1}{high + 1}"))
        return row(correlation, spreads[low], spreads[high])

    places = range(len(spreads))
    return [[entry(line, column) for column in places] for line in places]


def _parameters(design: Design) -> dict[str, Math]:
    """The letter of every parameter that has a prior, by the prior's name."""
    found: dict[str, Math] = {}
    for parameter in model_parameters(design, PARAMETERS):
        for prior in parameter.priors:
            found[prior] = _letter(design, parameter, prior)
    return found


def _letter(design: Design, parameter: Parameter, prior: str) -> Math:
    called, predictor = printed_names(design), design.predictors[parameter.predictor]
    of = predictor.before
    if parameter.role == "sd":
        return below(SIGMA, name(f"{of}{called.effect(parameter.term, parameter.factor)}"))
    if parameter.role == "cor":
        return below(RHO, name(f"{of}{called[parameter.factor]}"))
    if parameter.role == "distributional":
        return _symbol(predictor.parameter)
    if parameter.term != "Intercept":
        column = parameter.columns[parameter.priors.index(prior)]
        return _coefficient(predictor, name(called[column]))
    zero = _coefficient(predictor, ZERO)
    slopes = BETA if not predictor.prefix else above(BETA, _symbol(predictor.parameter))
    centred = row(zero, sign("+"), symbol("x̄"), slopes)
    return centred if predictor.fixed.averaged else zero


def _powered(letter: Math, prior: Prior) -> Math:
    """What a prior is of: a parameter's letter, to a power for a variance or a precision."""
    if prior.power == 1:
        return letter
    return above(letter, number(f"{prior.power}".replace("-", "−")))


def _prior(prior: Prior) -> Math:
    arguments = [
        row(_greek(key), mark("="), number(f"{value:.4g}".replace("-", "−")))
        for key, value in prior.arguments
    ]
    return call(name(prior.name), *arguments) if arguments else name(prior.name)


def _named_link(link: str) -> Callable[[Math], Math]:
    return lambda mean: call(name(link), mean)


LINKS: dict[str, Callable[[Math], Math]] = {
    "identity": lambda mean: mean,
    "probit": lambda mean: call(above(symbol("Φ"), number("−1")), mean),
    "cloglog": lambda mean: call(
        name("log"), row(mark("−"), call(name("log"), row(number("1"), sign("−"), mean)))
    ),
}
"""How a link is written, where not by its own name."""
