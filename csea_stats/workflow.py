"""The whole flow: what was printed, what it allows, what follows, for whom; then the page. Read this first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.auditing.audit import audit
from csea_stats.claims.check import checked_claims, has_claims
from csea_stats.errors import check_kind
from csea_stats.survey.survey import Survey

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from csea_stats.auditing.audit import Audit
    from csea_stats.claims.results import Claims
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.results.estimates import Estimates
    from csea_stats.tabulation.tabulation import Tabulation


def estimate(source: Survey | Microdata | Tabulation, *, level: float = 0.95) -> Estimates:
    """Estimate every number of a survey, of respondents' answers or of a tabulation, for every target.

    Parameters
    ----------
    source : Survey, Microdata or Tabulation
        Of a survey every printed number; of respondents' answers every variable with one answer or several (by group:
        ``estimate(tabulate(data, outcome, by=...))``).
    level : float, default 0.95

    Returns
    -------
    Estimates
        In print's order; per item one for these respondents, one for people like these, and one for the population
        at each selection strength tau of .25, .5 and 1.

    Examples
    --------
    >>> import csea_stats as cs
    >>> numbers = cs.estimate(cs.load_survey("bosnia-herzegovina-2021"))
    >>> poor = numbers.where(question="awareness", item="poor", target=cs.Superpopulation)[0]
    >>> round(poor.interval.lower, 3), round(poor.interval.upper, 3)
    (0.578, 0.826)
    """
    if isinstance(source, Survey):
        from csea_stats.tabulation.estimates import published_estimates

        return published_estimates(source, audit(source), level=level)
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.tabulation.estimates import answered_estimates, tabulated_estimates
    from csea_stats.tabulation.tabulation import Tabulation

    check_kind("estimate", source, Survey, Microdata, Tabulation)
    if isinstance(source, Tabulation):
        return tabulated_estimates(source, level=level)
    return answered_estimates(source, level=level)


def write_report(
    survey: Survey,
    folder: str | PathLike[str],
    *,
    claims: str | PathLike[str] | None = None,
    level: float = 0.95,
) -> tuple[Path, ...]:
    """Write the page, the tables and the figures of a survey into a folder.

    Only the files it names are replaced, each atomically; everything else in the folder stays.

    Parameters
    ----------
    survey : Survey
    folder : path
        Made if missing.
    claims : str or path, optional
        A claim file; by default the shipped claims about the survey, if there are any. The page opens with them.
    level : float, default 0.95

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InputError
        If it is no Survey.
    OutputError
        If a file cannot be written.
    """
    from csea_stats.report.files import checked_folder

    check_kind("write_report", survey, Survey)
    checked_folder(folder)  # a mistake is told before the work is done
    checked = audit(survey)
    return write(
        survey, checked, estimate(survey, level=level), folder, claims_of(survey, checked, claims, level=level)
    )


def claims_of(
    survey: Survey, checked: Audit, claims: str | PathLike[str] | None = None, *, level: float = 0.95
) -> Claims | None:
    """Return the claims of a file, or those shipped about a survey; None where there are none."""
    return checked_claims(survey, checked, claims, level=level) if claims or has_claims(survey) else None


def write(
    survey: Survey, checked: Audit, numbers: Estimates, folder: str | PathLike[str], claims: Claims | None = None
) -> tuple[Path, ...]:
    """Write the report of estimates already made; the arguments are what `write_report` computes."""
    from csea_stats.regression.from_print import fits_from_print
    from csea_stats.report.files import report_files, write_files

    level = next((one.interval.level for one in numbers if one.interval), 0.95)
    fits = fits_from_print(checked, level=level)
    return write_files(folder, report_files(survey, checked, numbers, claims, fits))
