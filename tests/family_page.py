"""The tables of docs/families.md; ``python tests/family_page.py`` makes them of `FAMILIES`."""

from __future__ import annotations

import re
from pathlib import Path

from bayesglmm.families import FAMILIES, Family, Param
from bayesglmm.families.default import Facts
from bayesglmm.spec.defaults import default_prior

PAGE = Path(__file__).parent.parent / "docs" / "families.md"
FACTS = Facts(location=-0.4, crude=0.4, unit=1.0, spread=0.2)
"""Of a response with mean 0.4 and standard deviation 0.2, for which the priors are shown."""
LEVELS = ("low", "middle", "high")


def whole(family: Family) -> Family:
    """A family of categories with three of them; any other as it is."""
    return family.of_levels(LEVELS) if family.support.categories else family


def families_table() -> str:
    """Name, response, parameters and links, and what other packages call each family."""
    lines = ["| family | response | parameters | links | elsewhere |", "|---|---|---|---|---|"]
    for family in map(whole, FAMILIES):
        parameters = "; ".join(f"`{item.name}`: {item.short}" for item in family.parameters)
        names = ", ".join(f"{package} `{name}`" for package, name in family.elsewhere.items())
        links = ", ".join(family.links)
        requirement = family.support.requirement
        lines.append(f"| `{family.name}` | {requirement} | {parameters} | {links} | {names} |")
    return "\n".join(lines)


def priors_table() -> str:
    """Link, default prior and reason of every parameter beside the location."""
    lines = [
        "| family | parameter | link | default prior | why | of an intercept, link scale |",
        "|---|---|---|---|---|---|",
    ]
    for family in map(whole, FAMILIES):
        lines += [f"| `{family.name}` | {_prior_cells(item)} |" for item in family.others]
    return "\n".join(lines)


def _prior_cells(item: Param) -> str:
    """Of a number, with its reason, and of the intercept of a formula; empty where none is."""
    number = reason = intercept = ""
    if item.prior is not None:
        prior, why, source = default_prior(item.prior, FACTS)
        number, reason = str(prior), f"{why}; {source}"
    if item.intercept is not None:
        intercept = str(default_prior(item.intercept, FACTS)[0])
    return f"`{item.name}` | {item.links[0]} | {number} | {reason} | {intercept}"


def written(page: str) -> str:
    """A page with its tables made anew."""
    for name, table in (("families", families_table()), ("priors", priors_table())):
        fence = f"<!-- {name} -->"
        start, end = page.index(fence) + len(fence), page.index(f"<!-- end of {name} -->")
        page = f"{page[:start]}\n{table}\n{page[end:]}"
    return page


def cells(page: str) -> list[str]:
    """Names of the families in the first table."""
    return re.findall(
        r"^\| `(\w+)` \|", page.partition("<!-- end of families -->")[0], re.MULTILINE
    )


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
