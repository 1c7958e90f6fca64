"""Everything the command `csea-stats report` writes, as names and bytes: no file is touched here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.report.claims import claims_table
from csea_stats.report.context import context_of
from csea_stats.report.page import page_html
from csea_stats.report.png import png_files
from csea_stats.report.sheets import question_sheets
from csea_stats.report.tables import audit_table, estimates_table, to_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.auditing.audit import Audit
    from csea_stats.claims.results import Claims
    from csea_stats.regression.from_print import PrintedFit
    from csea_stats.results.estimates import Estimates
    from csea_stats.survey.survey import Survey


def report_files(
    survey: Survey,
    audit: Audit,
    estimates: Estimates,
    claims: Claims | None = None,
    fits: Sequence[PrintedFit] = (),
) -> tuple[tuple[str, bytes], ...]:
    """Return the page, the tables and every figure of a survey.

    Parameters
    ----------
    survey : Survey
    audit : Audit
        Of that survey.
    estimates : Estimates
        Of that survey.
    claims : Claims, optional
        Of that survey.
    fits : sequence of PrintedFit, optional
        Of that survey.

    Returns
    -------
    tuple of (name, bytes)
        ``report.html``, ``estimates.csv``, ``estimates.json``, ``audit.csv``, ``claims.csv`` if there are claims, then
        ``figures/<question>.svg`` and ``.png``. The same input gives the same bytes: there is no clock in them.
    """
    sheets = question_sheets(context_of(survey, audit, estimates))
    pictures = png_files([svg for _, svg in sheets])
    texts = (
        ("report.html", page_html(survey, audit, estimates, claims, fits)),
        ("estimates.csv", to_csv(estimates_table(estimates))),
        ("estimates.json", estimates.to_json()),
        ("audit.csv", to_csv(audit_table(audit))),
        *([("claims.csv", to_csv(claims_table(claims)))] if claims else []),
        *((f"figures/{name}.svg", svg) for name, svg in sheets),
    )
    return (
        *((name, text.encode("utf-8")) for name, text in texts),
        *((f"figures/{name}.png", picture) for (name, _), picture in zip(sheets, pictures, strict=True)),
    )
