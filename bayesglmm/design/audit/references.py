"""Levels whose names say that another one should be the reference, or the success."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bayesglmm.design.audit.column_queries import spelled
from bayesglmm.design.audit.finding import Evidence
from bayesglmm.design.design import Design

CONTROL = re.compile(
    r"(placebo|controls?|ctrl|none|no|untreated|not treated|baseline|sham|vehicle|unexposed|never"
    r"|(usual|standard) (care|treatment)|standard of care|treatment as usual|wild ?type)"
)
"""How the name of a level begins or ends that others are usually compared with."""

ABSENT = re.compile(
    r"(no|non|none|not|never|without|absent|absence|negative|neg|free|healthy|normal|well|alive"
    r"|failure|failed|fail|false|incorrect|wrong|disagree|unsuccessful|uninfected|unaffected"
    r"|control)\b"
)
"""How the name of an outcome begins that is the lack of another."""

PRESENT = re.compile(
    r"(yes|present|positive|pos|event|case|died|dead|death|ill|sick|diseased|infected|affected"
    r"|abnormal|severe|moderate|success|successful|pass|passed|true|correct|agree)\b"
)
"""How the name of an outcome begins that is usually counted."""


def references(design: Design) -> Iterator[Evidence]:
    """Factors with one level that is named like a control and is not the reference."""
    for name, reference in design.references.items():
        if name in design.spec.reference or name not in design.levels:
            continue  # chosen by the user, or made by a function in the formula
        controls = [level for level in design.levels[name] if _is_control(level)]
        if len(controls) == 1 and controls[0] != reference:
            yield Evidence(
                "note",
                f"The levels of {name} are compared with '{reference}', the first in the order of "
                f"the levels, while '{controls[0]}' is named like what others are compared with.",
                f"If that is the control, write reference={{{name!r}: {controls[0]!r}}}.",
            )


def _is_control(level: str) -> bool:
    words = spelled(level)
    found = CONTROL.match(words)
    starts = found is not None and words[found.end() : found.end() + 1] in ("", " ")
    last = words.rpartition(" ")[2]
    return starts or bool(CONTROL.fullmatch(last))


def successes(design: Design) -> Iterator[Evidence]:
    """A response of two texts whose names say that the other one should be counted."""
    name = design.spec.formula.response_name
    levels = design.levels.get(name, ())
    if len(levels) != 2 or not design.success:
        return
    failure = next(level for level in levels if level != design.success)
    wrong = _points(design.success, failure)
    if wrong:
        ordered = ", ".join(f"{level!r}: {level!r}" for level in (design.success, failure))
        yield Evidence(
            "warning",
            f"'{design.success}' counts as the success of {name}, because it is the second of its "
            f"two values in order, while the names say that '{failure}' is the outcome of "
            "interest. Every effect then has the sign of the opposite outcome.",
            f"To model '{failure}', write labels={{{name!r}: {{{ordered}}}}}: the last label is "
            "the success.",
        )


def _points(success: str, failure: str) -> bool:
    """Whether the names say that the failure is what should be counted."""
    counted, left = spelled(success), spelled(failure)
    absent = bool(ABSENT.match(counted)) and not ABSENT.match(left)
    present = bool(PRESENT.match(left)) and not PRESENT.match(counted)
    return absent or present
