"""Mathematics as Office Math (OMML), which word processors edit as equations.

Made from the MathML of `report.mathml`, whose few elements each have one counterpart: ECMA-376,
part 1, section 22.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

from bayesglmm.report.mathml import Math

NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def omml(line: Math) -> Any:
    """An equation on a line of its own.

    Parameters
    ----------
    line : Math

    Returns
    -------
    lxml element
        ``m:oMathPara``, to be put into a paragraph.
    """
    from lxml import etree

    outer = etree.Element(_name("oMathPara"), nsmap={"m": NAMESPACE})
    inner = etree.SubElement(outer, _name("oMath"))
    root = ElementTree.fromstring(f"<math>{line.markup}</math>")
    for child in root:
        _put(child, inner)
    return outer


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: Any, name: str, **attributes: str) -> Any:
    from lxml import etree

    values = {_name(key): value for key, value in attributes.items()}
    return etree.SubElement(parent, _name(name), values)


def _put(element: ElementTree.Element, parent: Any) -> None:
    """An element of MathML under an element of OMML."""
    write = WRITERS[element.tag]
    write(element, parent)


def _text(style: str) -> Callable[[ElementTree.Element, Any], None]:
    """A run of text: plain, or in the italics of mathematics."""

    def write(element: ElementTree.Element, parent: Any) -> None:
        text = element.text or ""
        spaced = f" {text} " if element.get("form") == "infix" else text
        _run(parent, spaced, style)

    return write


def _run(parent: Any, text: str, style: str) -> None:
    run = _add(parent, "r")
    facts = _add(run, "rPr")
    if style:
        _add(facts, "sty", val=style)
    content = _add(run, "t")
    content.text = text
    content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _row(element: ElementTree.Element, parent: Any) -> None:
    for child in element:
        _put(child, parent)


def _scripts(name: str, parts: Sequence[str]) -> Callable[[ElementTree.Element, Any], None]:
    """A base with what stands below and above it."""

    def write(element: ElementTree.Element, parent: Any) -> None:
        made = _add(parent, name)
        for part, child in zip(parts, element, strict=True):
            _put(child, _add(made, part))

    return write


def _table(element: ElementTree.Element, parent: Any) -> None:
    if element.get("class") == "matrix":
        _matrix(element, parent)
    else:
        _aligned(element, parent)


def _matrix(element: ElementTree.Element, parent: Any) -> None:
    brackets = _add(parent, "d")
    facts = _add(brackets, "dPr")
    _add(facts, "begChr", val="(")
    _add(facts, "endChr", val=")")
    made = _add(_add(brackets, "e"), "m")
    for line in element:
        row = _add(made, "mr")
        for cell in line:
            _row(cell, _add(row, "e"))


def _aligned(element: ElementTree.Element, parent: Any) -> None:
    """Lines below one another, aligned at the sign after the left side."""
    made = _add(parent, "eqArr")
    for line in element:
        content = _add(made, "e")
        left, sign, right = line
        _row(left, content)
        _run(content, "&", "p")
        _row(sign, content)
        _row(right, content)


WRITERS: dict[str, Callable[[ElementTree.Element, Any], None]] = {
    "mi": _text(""),
    "mtext": _text("p"),
    "mn": _text("p"),
    "mo": _text("p"),
    "mrow": _row,
    "msub": _scripts("sSub", ("e", "sub")),
    "msup": _scripts("sSup", ("e", "sup")),
    "msubsup": _scripts("sSubSup", ("e", "sub", "sup")),
    "mtable": _table,
}
"""Element of MathML to what writes its counterpart."""
