"""A text held against a fit: its effects, and its rates."""

from __future__ import annotations

from bayesglmm.posterior.groups.rates import group_rates
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.ratios import ratios
from bayesglmm.report.claim_patterns import RATE
from bayesglmm.report.lint import Proofreading, lint
from bayesglmm.report.rate_claims import rate_claims, rates_of


def proofread(text: str, posterior: Posterior) -> Proofreading:
    """Hold a text against a fit.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    posterior : Posterior

    Returns
    -------
    Proofreading
        In the order of the text.
    """
    design, found = posterior.design, ratios(posterior)
    claims = list(lint(text, design, found).claims)
    if RATE.search(text):
        groups = [
            group_rates(posterior, factor)
            for factor, terms in design.predictor.factors.items()
            if len(terms[0].levels) < design.n and design.spec.family.chances is None
        ]
        rates = rates_of(design, found, groups)
        claims += [] if rates is None else rate_claims(text, design, rates)
    return Proofreading(tuple(sorted(claims, key=lambda claim: claim.line)))
