"""The table of checks; a new check is a function and a row here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bayesglmm.design.audit.aliases import aliased
from bayesglmm.design.audit.between import group_level_predictors
from bayesglmm.design.audit.categories import sparse_categories
from bayesglmm.design.audit.codes import coded_factors
from bayesglmm.design.audit.column_scales import scales
from bayesglmm.design.audit.constant import nearly_constant
from bayesglmm.design.audit.duplicates import repeated_columns, repeated_rows
from bayesglmm.design.audit.exact_fit import exact_levels
from bayesglmm.design.audit.exposure import count_or_rate
from bayesglmm.design.audit.finding import SEVERITIES, Audit, Evidence, Finding
from bayesglmm.design.audit.interactions import interaction_cells
from bayesglmm.design.audit.intercepts import far_intercepts
from bayesglmm.design.audit.lost import lost, selected
from bayesglmm.design.audit.many_effects import too_many_effects
from bayesglmm.design.audit.margins import overlapping_margins
from bayesglmm.design.audit.partly_labelled import partly_labelled
from bayesglmm.design.audit.references import references, successes
from bayesglmm.design.audit.response_family import unsuitable_response
from bayesglmm.design.audit.same_groups import same_groups
from bayesglmm.design.audit.sentinels import sentinels
from bayesglmm.design.audit.separation import separated_outcomes
from bayesglmm.design.audit.serial import serial_rows
from bayesglmm.design.audit.small_groups import few_groups, small_binary_groups
from bayesglmm.design.audit.survey import survey_weighted
from bayesglmm.design.audit.withheld import withheld_counts
from bayesglmm.design.audit.zeros import zeros_without_need
from bayesglmm.design.coding_sentences import coding_sentences
from bayesglmm.design.design import Design
from bayesglmm.errors import DataError


@dataclass(frozen=True, slots=True, eq=False)
class AuditCheck:
    """A check of the audit.

    Attributes
    ----------
    code : str
        Stable; findings carry it.
    title : str
        What a finding is called.
    seen : str
        What is looked for, for the documentation.
    severities : str
        Which it may have, for the documentation.
    look : callable
        Design to what was seen.
    """

    code: str
    title: str
    seen: str
    severities: str
    look: Callable[[Design], Iterable[Evidence]]


CHECKS: tuple[AuditCheck, ...] = (
    AuditCheck(
        "SUCCESS",
        "Which outcome counts",
        "a response of two texts whose names say that the other one should be the success",
        "warning",
        successes,
    ),
    AuditCheck(
        "RESPONSE",
        "Response and family",
        "a response that never changes; outcomes, ratings or shares taken as Gaussian",
        "warning",
        unsuitable_response,
    ),
    AuditCheck(
        "ZEROS",
        "Zeros and family",
        "structural zeros where there are no more zeros than without; a hurdle without zeros",
        "warning",
        zeros_without_need,
    ),
    AuditCheck(
        "ALIAS",
        "Not identified",
        "a column or level that others determine, with the dependency",
        "warning",
        aliased,
    ),
    AuditCheck(
        "MARGINS",
        "Overlapping margins",
        "rows of two splits of the same events, or of a total beside its parts",
        "warning",
        overlapping_margins,
    ),
    AuditCheck(
        "REFERENCE",
        "Reference level",
        "a level named like a control (placebo, none, untreated) that is not the reference",
        "note",
        references,
    ),
    AuditCheck(
        "EXPOSURE",
        "Count or rate",
        "a column that looks like an exposure and is unused, a predictor, or an unlogged offset",
        "warning, note",
        count_or_rate,
    ),
    AuditCheck(
        "LOST",
        "Rows or groups lost",
        "rows dropped for missing values, groups without rows",
        "warning, note",
        lost,
    ),
    AuditCheck(
        "SELECTED",
        "Rows selected on the outcome",
        "no small counts at all, and few rows of the level with the smallest",
        "warning",
        selected,
    ),
    AuditCheck(
        "SUPPRESSED",
        "Suppressed counts",
        "missing counts where no small count is seen, or a footnote that says so",
        "warning",
        withheld_counts,
    ),
    AuditCheck(
        "SURVEY",
        "Survey weights",
        "sampling weights, which correct estimates and not their intervals",
        "warning",
        survey_weighted,
    ),
    AuditCheck(
        "BETWEEN",
        "Group-level predictor, few groups",
        "a term that hardly varies within at most 12 groups",
        "warning",
        group_level_predictors,
    ),
    AuditCheck(
        "SERIAL",
        "Rows in order of time",
        "autocorrelation of successive rows beyond the model; windows that overlap",
        "warning",
        serial_rows,
    ),
    AuditCheck(
        "FEWGROUPS", "Few groups", "a grouping factor of fewer than 6", "warning, note", few_groups
    ),
    AuditCheck(
        "EFFECTS",
        "More effects than data",
        "as many group effects as rows, more spreads than levels, slopes that no level shows",
        "warning, note",
        too_many_effects,
    ),
    AuditCheck(
        "EXACT",
        "Spread of rows fitted exactly",
        "a level with a sigma of its own and no more rows than the mean has coefficients for them",
        "warning",
        exact_levels,
    ),
    AuditCheck(
        "SAMEGROUPS",
        "The same groups twice",
        "grouping factors that divide the rows alike, or whose levels are fixed effects too",
        "warning",
        same_groups,
    ),
    AuditCheck(
        "SMALLGROUPS",
        "Small binary groups",
        "groups that tell as little as 4 balanced outcomes, or many of one outcome only",
        "warning",
        small_binary_groups,
    ),
    AuditCheck(
        "SEPARATION",
        "Separation",
        "a level with one outcome only, or columns that tell binary outcomes apart",
        "warning",
        separated_outcomes,
    ),
    AuditCheck(
        "CELLS",
        "Cells of an interaction",
        "cells of an interaction of factors without rows; interactions of 9 cells and more",
        "warning, note",
        interaction_cells,
    ),
    AuditCheck(
        "CODES",
        "Codes without labels",
        "a few whole numbers used as a number, or levels without labels",
        "warning, note",
        coded_factors,
    ),
    AuditCheck(
        "PARTLY",
        "Some values labelled",
        "a number some of whose values a data file labels, as missing or as the end of a scale",
        "warning",
        partly_labelled,
    ),
    AuditCheck(
        "NOANSWER",
        "Codes for no answer",
        "77, 88, 99, 999, -9 and the like, farther from all other values than these are wide",
        "warning",
        sentinels,
    ),
    AuditCheck(
        "INTERCEPT",
        "Intercepts outside the data",
        "intercepts and slopes by group of a column whose zero is 10 sds or more from its mean",
        "note",
        far_intercepts,
    ),
    AuditCheck(
        "SCALE",
        "Scale of the columns",
        "standard deviations 10,000 apart, a zero far from the data, a huge information",
        "note",
        scales,
    ),
    AuditCheck(
        "CATEGORY",
        "Categories without rows",
        "categories of the response that no row has, or fewer than 3",
        "warning",
        sparse_categories,
    ),
    AuditCheck(
        "RARE",
        "Nearly constant predictor",
        "a level or value that fewer than 5 rows, and 2 % of them, have",
        "warning",
        nearly_constant,
    ),
    AuditCheck(
        "ROWSTWICE",
        "Repeated rows",
        "rows that equal an earlier one in all columns, where rows otherwise differ",
        "warning",
        repeated_rows,
    ),
    AuditCheck(
        "COLUMNTWICE",
        "Repeated column",
        "a column used that equals another column of the data",
        "note",
        repeated_columns,
    ),
)
"""Every check, in the order in which findings of one severity are told."""


def audit(design: Design) -> Audit:
    """Look a design over before sampling.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Audit
        Findings, the worst first. A design that was made has no errors: what is fatal is refused
        when it is made, see `refused`.

    Raises
    ------
    DataError
        For new data, which have no responses.
    """
    if design.rows.y is None:
        raise DataError("These rows have no responses. Audit the model's own design.")
    found = [
        Finding(check.code, seen.severity, check.title, seen.sentence, seen.rows, seen.fix)
        for check in CHECKS
        for seen in check.look(design)
    ]
    found.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return Audit(tuple(found), coding_sentences(design))
