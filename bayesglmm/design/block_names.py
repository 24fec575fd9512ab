"""What blocks of group effects, and the effects in them, are called beside their predictors."""

from __future__ import annotations

from bayesglmm.design.design import Design
from bayesglmm.design.groups import EffectBlock
from bayesglmm.design.names import Names
from bayesglmm.design.predictor import Predictor


def printed_block(design: Design, block: EffectBlock, called: Names) -> str:
    """What readers see a block of effects called.

    Parameters
    ----------
    design : Design
    block : EffectBlock
    called : Names
        From `printed_names`.

    Returns
    -------
    str
        Such as ``"1+year+sigma: 1|county"``.
    """
    columns = "+".join(block_columns(design, block, called))
    return f"{before_block(design, block)}{columns}|{called[block.factor]}"


def block_effects(design: Design, block: EffectBlock) -> list[tuple[Predictor, str]]:
    """The effects of a block, each as its predictor and its column left of the bar.

    Parameters
    ----------
    design : Design
    block : EffectBlock

    Returns
    -------
    list of (Predictor, str)
    """
    return [
        (one, column)
        for one in design.predictors.values()
        for group in one.groups
        if group.block == block
        for column in group.columns
    ]


def before_block(design: Design, block: EffectBlock) -> str:
    """What stands before all columns of a block: ``"sigma: "`` where all its effects are of sigma.

    Parameters
    ----------
    design : Design
    block : EffectBlock

    Returns
    -------
    str
    """
    found = {one.before for one, _ in block_effects(design, block)}
    return found.pop() if len(found) == 1 else ""


def block_columns(design: Design, block: EffectBlock, called: Names) -> list[str]:
    """The columns of a block; of several predictors, each with its parameter before it.

    Parameters
    ----------
    design : Design
    block : EffectBlock
    called : Names
        What they are called; an empty one leaves them as they are.

    Returns
    -------
    list of str
        Such as ``["1", "year", "sigma: 1"]``.
    """
    alone = before_block(design, block)
    effects = block_effects(design, block)
    return [f"{'' if alone else one.before}{called[column]}" for one, column in effects]
