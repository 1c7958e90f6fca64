"""The whole flow: what was printed, what it allows, what follows, for whom; then the page. Read this first."""

from __future__ import annotations

from dataclasses import dataclass
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
        from csea_stats.tabulation.source_estimates import published_estimates

        return published_estimates(source, audit(source), level=level)
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.tabulation.source_estimates import answered_estimates, tabulated_estimates
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
    png: bool = False,
) -> tuple[Path, ...]:
    """Write the page, the tables and the figures of a survey into a folder.

    Only the files it names are replaced, each atomically; everything else in the folder stays.

    Parameters
    ----------
    survey : Survey
    folder : path
        Made if missing.
    claims : str or path, optional
        A claim file; by default the shipped claims about the survey, if there are any. The page tells them
        right after its summary.
    level : float, default 0.95
    png : bool, default False
        Whether every figure is drawn as PNG too, beside its SVG.

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
    return made_report(survey, folder, claims=claims, level=level, png=png).written


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeReport:
    """What was put into a report, and the files that it was written to."""

    audit: Audit
    estimates: Estimates
    claims: Claims | None
    written: tuple[Path, ...]


def made_report(
    survey: Survey,
    folder: str | PathLike[str],
    *,
    claims: str | PathLike[str] | None,
    level: float,
    again: str = "",
    png: bool = False,
) -> MadeReport:
    """Do what `write_report` does, and return what was put into the report too; ``again``: the command, if one did."""
    from csea_stats.regression.from_print import fits_from_print
    from csea_stats.report.files import checked_folder, report_files, write_files

    check_kind("write_report", survey, Survey)
    checked_folder(folder)  # a mistake is told before the work is done
    checked, estimates = audit(survey), estimate(survey, level=level)
    told = checked_claims(survey, checked, claims, level=level) if claims or has_claims(survey) else None
    shown = next((one.interval.level for one in estimates if one.interval), 0.95)
    fits = fits_from_print(checked, level=shown)
    files = report_files(survey, checked, estimates, told, fits, again=again, png=png)
    return MadeReport(audit=checked, estimates=estimates, claims=told, written=write_files(folder, files))
