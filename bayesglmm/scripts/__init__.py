"""A model in the language of another tool: what would one write there?"""

from __future__ import annotations

from bayesglmm.scripts.script import Script
from bayesglmm.scripts.writing import TOOLS, code

__all__ = ["TOOLS", "Script", "code"]
