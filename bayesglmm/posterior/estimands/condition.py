"""On which groups an estimand is conditional, or averaged, in words."""

from __future__ import annotations

from bayesglmm.design.names import printed_factors
from bayesglmm.engine.draws import Run
from bayesglmm.posterior.estimands.asked import Mean
from bayesglmm.posterior.estimands.rows import Target
from bayesglmm.posterior.notes import left_out


def condition(target: Target, mean: Mean, run: Run) -> str:
    """On which groups an estimand is conditional, or averaged, and without what."""
    return _condition(target, mean) + left_out(run)


def _condition(target: Target, mean: Mean) -> str:
    several, groups = mean.predictors(target.design), mean.groups(target.design)
    predictor = next((one for one in several if one.groups), several[0])
    if not groups:
        return f"{predictor.condition}, which has no group terms"
    if mean.effects == "typical" or (mean.scale == "link" and mean.effects == "integrate"):
        also = ", which is also the mean over new groups" if mean.effects == "integrate" else ""
        return f"{predictor.condition}{also}"
    if mean.effects == "integrate":
        factors = ", ".join(
            dict.fromkeys(
                factor
                for name in mean.parameters
                for factor in printed_factors(target.design, name)
            )
        )
        return f"marginal: integrated over new groups of {factors} from the population"
    text = "conditional on the groups that each row names"
    if target.averaging is not None:
        text = "averaged over the observed groups (those that the rows name)"
    unseen = {
        (group.factor, str(label)) for group in groups for label in group.labels[group.index < 0]
    }
    if unseen:
        text += f"; {len(unseen)} unseen group{'s' * (len(unseen) > 1)} drawn from the population"
    return text
