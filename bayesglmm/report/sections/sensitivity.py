"""What the answers owe to the priors."""

from __future__ import annotations

from collections import Counter

from bayesglmm.posterior.priors.power_scaling import HARDLY
from bayesglmm.posterior.priors.sensitivity import Sensitivity, sensitivity
from bayesglmm.posterior.priors.verdicts import VERDICTS
from bayesglmm.report.blocks import Block, bullets, folded, table
from bayesglmm.report.material import Material, Section


def prior_sensitivity(material: Material) -> Section:
    """Power-scaling, and the refits where the report was given them."""
    found = material.sensitivity
    if found is None:
        found = sensitivity(material.posterior, material.priors)
    said = sentences(found)
    parts: list[Block] = [*bullets(said)]
    if found.verdicts is not None:
        parts.append(table(found.verdicts))
    if found.spreads is not None:
        parts.append(table(found.spreads))
    power = table(found.power)
    parts.append(power if found.verdicts is None else folded(found.power.caption, power))
    return Section("sensitivity", "Sensitivity to the priors", tuple(parts), said[0])


def sentences(found: Sensitivity) -> list[str]:
    """The verdicts counted, and who is not stable.

    Parameters
    ----------
    found : Sensitivity

    Returns
    -------
    list of str
    """
    power = found.power.printed()
    felt = list(power[""][power["the priors are"] != HARDLY])
    said = [
        "By power-scaling the priors are hardly felt in any parameter."
        if not felt
        else f"By power-scaling the priors are felt in {', '.join(felt)}."
    ]
    if found.verdicts is None:
        return [*said, "The model was not fitted again under other priors for this report."]
    verdicts = found.verdicts.printed()
    count = Counter(verdicts["verdict"])
    number = ", ".join(f"{count[name]} {name}" for name in VERDICTS if count[name])
    first = f"Fitted again under other priors, of {len(verdicts)} parameters: {number}."
    moved = verdicts[verdicts["verdict"] != VERDICTS[0]]
    named = [
        f"{', '.join(rows[''])}: {verdict} with {str(change).replace(' ', ' priors ', 1)}."
        for (change, verdict), rows in moved.groupby(["when priors are", "verdict"], sort=False)
    ]
    return [first, *named, *said]
