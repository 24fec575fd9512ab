"""From the terms of a formula to columns of numbers, by plain data that can be kept and sent.

`expressions` is arithmetic of columns; `transforms` are functions with a memory; `learning` makes
both from what is written; `levels` and `coding` are what a factor is; `encoders` are the parts of a
term, `full_rank` says which of their columns are needed, and `encoder` puts them together.
"""

from __future__ import annotations

from bayesglmm.design.encoding.encoder import Encoder, evaluate_numbers, make_encoder

__all__ = ["Encoder", "evaluate_numbers", "make_encoder"]
