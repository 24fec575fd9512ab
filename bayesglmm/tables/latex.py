r"""Tables as LaTeX, for ``\usepackage{booktabs}`` and, where they are long, ``longtable``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bayesglmm.tables.printed import PrintedTable

PAGE = 45
"""Rows beyond which a table may break over pages."""

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
    '"': "''",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    "\n": " ",
}
"""Characters that LaTeX reads as its own, or that its first fonts lack."""

LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩµ"
LETTER_NAMES = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon
phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega mu
"""

SIGNS = dict(zip(LETTERS, LETTER_NAMES.split(), strict=True)) | {
    "×": "times",
    "÷": "div",
    "·": "cdot",
    "±": "pm",
    "≤": "leq",
    "≥": "geq",
    "≠": "neq",
    "≈": "approx",
    "∼": "sim",
    "∞": "infty",
    "√": "surd",
    "→": "to",
    "∈": "in",
    "∑": "sum",
    "∏": "prod",
    "°": "circ",
}
"""Signs of mathematics, each with the command that draws it."""

TYPE = {
    "−": "$-$",
    "…": r"\ldots{}",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "\u00a0": "~",
    "\u2007": "~",
    "\u2009": r"\,",
    "\u202f": r"\,",
}
"""Signs of typesetters."""


def escape_latex(text: str) -> str:
    """Text that LaTeX prints as it stands.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Letters of other scripts than Latin and Greek stay: they need XeLaTeX or LuaLaTeX.
    """
    composed = unicodedata.normalize("NFC", text)
    return re.sub("-(?=-)", "-{}", "".join(_character(character) for character in composed))


def _character(character: str) -> str:
    if character in SPECIAL:
        return SPECIAL[character]
    if character in TYPE:
        return TYPE[character]
    if character in SIGNS:
        return rf"$\{SIGNS[character]}$"
    how, _, code = unicodedata.decomposition(character).partition(" ")
    if how in ("<super>", "<sub>"):
        raised = "^" if how == "<super>" else "_"
        return f"${raised}{{{chr(int(code, 16))}}}$"
    if unicodedata.combining(character) or unicodedata.category(character) == "Cc":
        return ""
    return character


def latex(table: PrintedTable) -> str:
    """A table, its caption above and its meaning below it.

    Parameters
    ----------
    table : PrintedTable

    Returns
    -------
    str
        A float; a ``longtable`` where there are more than `PAGE` rows.
    """
    cells, numbers = table.cells, table.flush_right
    shape = "".join("r" if number else "l" for number in numbers)
    head = _row([str(name) for name in cells], [False] * cells.shape[1])
    body = "\n".join(_row(row, numbers) for row in cells.itertuples(index=False, name=None))
    caption, notes = escape_latex(table.caption), _notes(table.about)
    if len(cells) > PAGE:
        return _long(caption, shape, head, body, notes)
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{caption}}}",
            rf"\begin{{tabular}}{{{shape}}}",
            rf"\toprule{'\n'}{head}{'\n'}\midrule",
            body,
            r"\bottomrule",
            r"\end{tabular}",
            notes,
            r"\end{table}",
        ]
    )


def _long(caption: str, shape: str, head: str, body: str, notes: str) -> str:
    return "\n".join(
        [
            rf"\begin{{longtable}}{{{shape}}}",
            rf"\caption{{{caption}}}\\",
            rf"\toprule{'\n'}{head}{'\n'}\midrule",
            r"\endfirsthead",
            rf"\toprule{'\n'}{head}{'\n'}\midrule",
            r"\endhead",
            r"\bottomrule",
            r"\endfoot",
            body,
            r"\end{longtable}",
            notes,
        ]
    )


def _row(cells: Sequence[str], numbers: Sequence[bool]) -> str:
    shown = [
        re.sub(r"(?<![\w.])-(?=[\d$])", "$-$", escape_latex(cell)) if number else escape_latex(cell)
        for cell, number in zip(cells, numbers, strict=True)
    ]
    line = " & ".join(shown)
    guard = "{}" if line.startswith(("[", "*")) else ""  # or the row before would take it
    return rf"{guard}{line} \\"


def _notes(about: Sequence[str]) -> str:
    if not about:
        return ""
    lines = "\\par\n".join(escape_latex(line) for line in about)
    width = r"\begin{minipage}{\linewidth}\footnotesize\raggedright"
    return f"\\par\\smallskip\n{width}\n{lines}\n\\end{{minipage}}"
